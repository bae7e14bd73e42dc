import Foundation
import Node
import Protocol
import Synchronization
import TestSupport
import Testing

/// A machine of its own for a test: a data directory, a folder to share, and perhaps a daemon.
final class Machine: Sendable {
  let root: String
  private let daemon = Mutex<RunningProgram?>(nil)

  init(_ name: String) throws {
    root = FileManager.default.temporaryDirectory.path + "/nearfind-\(name)-\(UUID())"
    try FileManager.default.createDirectory(
      atPath: shared, withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      atPath: root + "/home", withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  var data: String { root + "/data" }
  var shared: String { root + "/shared" }
  var logPath: String { root + "/log" }
  var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

  /// Every file is another: copies of one would be found as one.
  func write(to name: String) throws {
    try Data((root + name).utf8).write(to: URL(fileURLWithPath: shared + "/" + name))
  }

  @discardableResult
  func run(_ arguments: String...) async throws -> Program.Outcome { try await run(arguments) }

  func run(_ arguments: [String]) async throws -> Program.Outcome {
    try await program(arguments).run(within: .seconds(180))
  }

  func program(_ arguments: [String]) -> Program {
    Program(
      Self.executable, arguments,
      environment: [
        "HOME": root + "/home", "NEARFIND_DATA": data, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
        "TZ": "UTC",
      ], directory: root)
  }

  /// Starts the daemon and waits until it answers.
  func up(_ arguments: String...) async throws { try await up(arguments) }

  func up(_ arguments: [String]) async throws {
    let program = try await RunningProgram(program(["up"] + arguments), output: logPath)
    daemon.withLock { $0 = program }
    try await wait(until: "the daemon to answer") {
      guard program.isRunning else { throw Ended(log: log) }
      return await LocalClient.connect(dataDirectory: data) != nil
    }
  }

  struct Ended: Error {
    var log: String
  }

  var running: RunningProgram? { daemon.withLock { $0 } }

  /// Ends the daemon in order.
  func end() async throws {
    guard let running else { return }
    running.send(SIGTERM)
    try await running.waitForEnd()
  }

  /// Ends the daemon at once; its virtual server sees the end of its commands.
  func kill() async throws {
    try await running?.kill()
  }

  func status() async throws -> DaemonStatus {
    guard let client = await LocalClient.connect(dataDirectory: data) else {
      throw Ended(log: log)
    }
    return try await client.status()
  }

  /// What a search with these words finds, and what it covered.
  func search(
    _ words: String, within scope: String = "group", limit: Int = 1000, offset: Int = 0
  ) async throws -> (names: [String], coverage: SearchCoverage?) {
    let outcome = try await run(
      "search", "--json", "--strict", "--scope", scope, "--limit", "\(limit)", "--offset",
      "\(offset)", words)
    guard outcome.status <= 1 else { throw Ended(log: outcome.errors) }
    let document = try JSONDecoder().decode(Answer.self, from: Data(outcome.outputBytes))
    return (document.hits.map(\.file.filename).sorted(), document.coverage)
  }

  private struct Answer: Decodable {
    struct Found: Decodable {
      struct File: Decodable { var filename: String }
      var file: File
    }
    var hits: [Found]
    var coverage: SearchCoverage?
  }

  /// The virtual server process, which is the daemon's only child.
  var virtualServer: pid_t? {
    guard let identifier = running?.identifier else { return nil }
    let tasks =
      (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(identifier)/task")) ?? []
    for task in tasks {
      let path = "/proc/\(identifier)/task/\(task)/children"
      let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
      if let child = text.split(separator: " ").first { return pid_t(child) }
    }
    return nil
  }

  /// Ends the machine as the loss of its power would, and takes its disk away.
  func lose() async throws {
    let process = virtualServer
    running?.send(SIGKILL)
    if let process { Foundation.kill(process, SIGKILL) }
    try FileManager.default.moveItem(atPath: data, toPath: root + "/lost")
    try await running?.waitForEnd()
  }

  /// What the virtual server process of this machine says of itself to this machine's node; nil where
  /// it does not answer.
  func health() async -> VirtualServerStatus? {
    let folder = NetworkFolder(dataDirectory: data)
    guard let text = try? String(contentsOfFile: folder.groupPath + "/port", encoding: .utf8),
      let port = Int(text.trimmingCharacters(in: .whitespacesAndNewlines)),
      let credentials = try? IdentityFolder(path: folder.identityPath).credentials(),
      case .node(let node) = credentials.identity,
      let store = try? CredentialStore(credentials),
      let client = try? PeerClient(.credentials(store))
    else { return nil }
    defer { client.shutDown() }
    var request = PeerRequest.get("/v1/health")
    request.timeLimit = .seconds(5)
    return try? await client.send(
      request, to: .network(host: "127.0.0.1", port: port),
      expecting: .node(node), as: VirtualServerStatus.self)
  }

  /// SwiftPM builds the program beside the tests; `NEARFIND_PROGRAM` is another, such as one that is
  /// optimised, to measure with.
  static let executable =
    ProcessInfo.processInfo.environment["NEARFIND_PROGRAM"]
    ?? URL(fileURLWithPath: CommandLine.arguments[0])
    .resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "nearfind").path
}
