import Foundation
import Node
import Synchronization
import TestSupport
import Testing

/// The product's own processes in a network of namespaces. The test is outside of them and reaches a
/// machine's daemon as its user does, by a socket in the file system.
final class ProductLab: Sendable {
  let folder: URL
  private let shell: RunningProgram
  private let fingerprint = Mutex("")
  private let orderCount = Mutex(0)

  /// Seconds without an order after which all of it ends, should the test be gone.
  private static let patience = 600
  private static let central = Landscape.central + ":7443"

  /// A machine of the network.
  struct Machine: Sendable {
    let name: String
    let lab: ProductLab

    var root: URL { lab.folder.appending(path: name) }
    var data: String { root.path + "/data" }
    var log: String { lab.text(of: name + "/log") }

    func status() async throws -> DaemonStatus {
      guard let client = await LocalClient.connect(dataDirectory: data) else {
        throw Trouble(what: "the daemon of \(name) does not answer", log: log)
      }
      return try await client.status()
    }
  }

  struct Trouble: Error {
    var what: String
    var log: String
  }

  /// Whatever the body does, nothing is left running.
  static func with(_ core: Router, _ body: (ProductLab) async throws -> Void) async throws {
    let lab = try await ProductLab(core)
    do {
      try await body(lab)
    } catch {
      for log in lab.logs { print("== \(log)\n\(lab.text(of: log))") }
      try? await lab.shell.kill()
      throw error
    }
    // With the first process of their own space all others go.
    try await lab.shell.kill()
    try? FileManager.default.removeItem(at: lab.folder)
  }

  private init(_ core: Router) async throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "product-lab-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let layout = LayoutScript(core: core, folder: folder, answersWithoutLimit: true)
    var lines = ["set -eu"]
    lines += try layout.write()
    lines += [
      "mkfifo orders", "exec 3<>orders", "set +e", "touch ready",
      "while IFS= read -r -t \(Self.patience) order <&3; do eval \"$order\" & done",
    ]
    let script = folder.appending(path: "run").path
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: script))
    shell = try await RunningProgram(
      Program(
        "unshare",
        ["-Urnmp", "--fork", "--kill-child", "--mount-proc", "--", "bash", script],
        environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"]),
      output: folder.appending(path: "lab-log").path)
    try await wait(until: "the network to be laid out") {
      guard shell.isRunning else { throw Trouble(what: "no network", log: text(of: "lab-log")) }
      return has("ready")
    }
  }

  func machine(_ name: String) -> Machine { Machine(name: name, lab: self) }

  // MARK: What is done in the network

  /// Starts the central server at the host that is called so.
  func startCentral() async throws {
    let root = try home(of: "central")
    try order(
      "central",
      ["central", "--data", root + "/central", "--listen", Self.central], output: "central/log")
    try await wait(until: "the central server to listen") {
      let log = text(of: "central/log")
      guard log.contains("listens at "), let print = log.firstMatch(of: /Fingerprint: (\S+)/)
      else { return false }
      fingerprint.withLock { $0 = String(print.1) }
      return true
    }
  }

  /// Makes a machine with files of these names the node of a user of the same name.
  func enrol(_ name: String, files: [String]) async throws {
    let root = try home(of: name)
    let shared = root + "/shared"
    try FileManager.default.createDirectory(atPath: shared, withIntermediateDirectories: true)
    for file in files {
      // Every file is another: copies of one would be found as one.
      try Data((root + file).utf8).write(to: URL(filePath: shared + "/" + file))
    }
    try Data("correct horse battery \(name)\n".utf8).write(to: URL(filePath: root + "/password"))
    let print = fingerprint.withLock { $0 }
    try await run(
      name,
      [
        "register", Self.central, "--user", name, "--fingerprint", print, "--password-file",
        root + "/password",
      ])
    try await run(name, ["index", shared])
  }

  /// Starts the daemon and waits until the machine serves others or is served.
  func up(_ name: String, is role: DaemonStatus.Role) async throws {
    try order(name, ["up", "--capacity", "1"], output: name + "/log")
    let machine = machine(name)
    try await wait(until: "\(name) to be \(role)") {
      guard let status = try? await machine.status() else { return false }
      return status.role == role && status.isGroupReachable
    }
  }

  private func run(_ name: String, _ arguments: [String]) async throws {
    let number = orderCount.withLock {
      $0 += 1
      return $0
    }
    let output = "\(name)/run-\(number)"
    try order(
      name, arguments, output: output,
      then: "echo $? >\(output).new; mv \(output).new \(output).end")
    try await wait(until: "\(arguments[0]) at \(name)") { has(output + ".end") }
    guard text(of: output + ".end") == "0\n" else {
      throw Trouble(what: "\(arguments[0]) at \(name)", log: text(of: output))
    }
  }

  private func order(
    _ name: String, _ arguments: [String], output: String, then: String = ":"
  ) throws {
    let root = folder.path + "/" + name
    let words =
      [
        "env", "-i", "HOME=\(root)/home", "NEARFIND_DATA=\(root)/data", "PATH=/usr/bin:/bin",
        "LANG=C.UTF-8", "TZ=UTC", NetworkLab.program("nearfind"),
      ] + arguments
    let quoted = words.map { "'\($0)'" }.joined(separator: " ")
    let line =
      "{ \(LayoutScript.inNamespace)\(name) \(quoted) >\(output) 2>&1 </dev/null 3<&-; \(then); }\n"
    let orders = try FileHandle(forWritingTo: folder.appending(path: "orders"))
    try orders.write(contentsOf: Data(line.utf8))
    try orders.close()
  }

  // MARK: Files

  private func home(of name: String) throws -> String {
    let root = folder.path + "/" + name
    try FileManager.default.createDirectory(
      atPath: root + "/home", withIntermediateDirectories: true)
    return root
  }

  private func has(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: path).path)
  }

  private func text(of path: String) -> String {
    (try? String(contentsOf: folder.appending(path: path), encoding: .utf8)) ?? ""
  }

  private var logs: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return ["lab-log"] + names.sorted().map { $0 + "/log" }.filter(has)
  }
}
