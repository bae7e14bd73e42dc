import Foundation
import RouteTracing
import RouterBands
import Testing

/// Lays a network out in namespaces of a user namespace, which needs no privilege, runs the probe
/// program in it and reads what it found out. All of it ends with the one process that began it.
struct NetworkLab {
  struct Placement: Codable {
    var name: String
    var peer: IPAddress
    var band: BandKey
    var rule: BandDecision.Rule
    var path: RouterPath
    var answeredAt: Int?
    var synTTL: Int?
    var reasons: [String]
  }

  struct ForwardTrace: Codable {
    var name: String
    var route: TracedRoute
  }

  struct Outcome {
    /// By the host's name.
    var placements: [String: Placement]
    var forward: [String: TracedRoute]
  }

  let core: Router
  /// Whether routers answer as often as they are asked; else as Linux has it by default.
  var answersWithoutLimit = true

  /// Lets all the named hosts join at the central server at once.
  func join(_ hosts: [Placed], at central: String) async throws -> Outcome {
    let folder = FileManager.default.temporaryDirectory.appending(path: "network-lab-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let script = LabScript(
      core: core, folder: folder, answersWithoutLimit: answersWithoutLimit)
    try script.write(joining: hosts.map(\.host.name), at: central, probe: Self.probe)
    let result = try await LabShell.run(script: folder.appending(path: "run").path)
    func lines(_ name: String) throws -> [Data] {
      let data = try Data(contentsOf: folder.appending(path: name))
      return data.split(separator: UInt8(ascii: "\n")).map { Data($0) }
    }
    let complaints = try ["central"] + hosts.map(\.host.name)
    let said = complaints.compactMap { name in
      let text = try? String(contentsOf: folder.appending(path: name + ".errors"), encoding: .utf8)
      return text.flatMap { $0.isEmpty ? nil : "\(name): \($0)" }
    }
    try #require(result.status == 0, "\(result.text) \(said.joined(separator: " "))")
    let decoder = JSONDecoder()
    let placements = try lines("central.found").map {
      try decoder.decode(Placement.self, from: $0)
    }
    let forward = try hosts.flatMap { try lines($0.host.name + ".found") }.map {
      try decoder.decode(ForwardTrace.self, from: $0)
    }
    return Outcome(
      placements: Dictionary(uniqueKeysWithValues: placements.map { ($0.name, $0) }),
      forward: Dictionary(uniqueKeysWithValues: forward.map { ($0.name, $0.route) }))
  }

  static let probe = program("RouteProbe")
  /// The product's.
  static let nearfind = program("nearfind")

  /// SwiftPM builds the programs beside the tests.
  static func program(_ name: String) -> String {
    URL(fileURLWithPath: CommandLine.arguments[0])
      .resolvingSymlinksInPath().deletingLastPathComponent().appending(path: name).path
  }

  /// Whether the kernel lets this user make namespaces and filters. Says on standard error why
  /// not, so that nobody takes a run without these tests for one with them.
  static func isPossible() async -> Bool {
    await possibility.value
  }

  /// The same for links with delay and loss.
  static func canMakeFarLinks() async -> Bool {
    guard await isPossible() else { return false }
    return await farPossibility.value
  }

  private static let possibility = Task {
    await succeeds(
      """
      mount -t tmpfs tmpfs /run && mkdir /run/netns && ip netns add trial \
      && nsenter --net=/run/netns/trial nft list tables
      """, orSays: "The tests over real networks are SKIPPED: namespaces cannot be made here.")
  }

  /// It runs until it is ended, which is what `timeout` says by 124.
  private static let farPossibility = Task {
    await succeeds(
      """
      ip link add near type veth peer name far && ip link set near up && ip link set far up \
      && unshare -mp --fork --kill-child --mount-proc true \
      && { timeout 1 '\(LayoutScript.farLink)' near far 1 0 1; [ $? = 124 ]; }
      """, orSays: "The tests over far links are SKIPPED: devices cannot be tied together here.")
  }

  private static func succeeds(_ trial: String, orSays what: String) async -> Bool {
    let reason: String
    do {
      let result = try await LabShell.run(line: trial)
      if result.status == 0 { return true }
      reason = result.text
    } catch {
      reason = "\(error)"
    }
    let isContinuous = ProcessInfo.processInfo.environment["CI"] == "true"
    let frame = isContinuous ? String(repeating: "=", count: 80) + "\n" : ""
    let text =
      frame + what + " " + reason.trimmingCharacters(in: .whitespacesAndNewlines) + "\n" + frame
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    return false
  }
}
