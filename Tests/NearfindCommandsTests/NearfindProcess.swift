import Foundation
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// Runs the built program as a shell does, in a world of its own: its data, its home, its folders.
final class Sandbox {
  typealias Outcome = Program.Outcome

  let root: URL

  init() throws {
    root = FileManager.default.temporaryDirectory.appending(path: "nearfind-test-\(UUID())")
    try FileManager.default.createDirectory(
      at: root.appending(path: "home"), withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: root)
  }

  var data: URL { root.appending(path: "data") }

  func path(_ name: String) -> String { root.appending(path: name).path }

  /// Writes a file below the sandbox, with the folders above it.
  func write(_ text: String, to name: String) throws {
    let url = root.appending(path: name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  @discardableResult
  func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Outcome {
    try await run(arguments, environment: environment)
  }

  @discardableResult
  func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Outcome {
    try await program(arguments, environment: environment).run()
  }

  /// Runs a line of bash, in which `nearfind` is the program; its errors are part of its output.
  func shell(_ line: String) async throws -> Outcome {
    let directory = Self.executable.deletingLastPathComponent().path
    return try await Program(
      "/bin/bash", ["-o", "pipefail", "-c", "exec 2>&1; " + line],
      environment: environment(["PATH": directory + ":/usr/local/bin:/usr/bin:/bin"])
    ).run()
  }

  /// Runs the program on a terminal of its own.
  ///
  /// - Parameter interruption: Ctrl-C comes as soon as this can be read there.
  func runOnTerminal(
    _ arguments: [String], environment: [String: String] = ["TERM": "xterm"], columns: Int = 80,
    interruptingAt interruption: String? = nil
  ) async throws -> Outcome {
    let terminal = try PseudoTerminal(columns: columns)
    let running = try await RunningProgram(
      program(arguments, environment: environment),
      output: FileDescriptor(rawValue: terminal.slave),
      errors: FileDescriptor(rawValue: terminal.slave).duplicate())
    let text = try await terminal.readToEnd { text in
      if let interruption, text.contains(interruption) { running.send(SIGINT) }
    }
    return Outcome(ending: try await running.waitForEnd(), output: Array(text.utf8))
  }

  /// Runs the program on a terminal of its own, which is its controlling terminal, and types there.
  ///
  /// - Parameter typing: each answer goes in as soon as its prompt can be read behind the one before.
  func runOnTerminal(
    _ arguments: [String], typing: [(prompt: String, answer: String)]
  ) async throws -> Outcome {
    let terminal = try PseudoTerminal(columns: 80)
    let session = Program(
      "/usr/bin/setsid", ["--ctty", "--wait", Self.executable.path] + arguments,
      environment: environment(["TERM": "xterm"]), directory: root.path)
    let slave = FileDescriptor(rawValue: terminal.slave)
    let running = try await RunningProgram(
      session, input: slave.duplicate(), output: slave, errors: slave.duplicate())
    let answered = Mutex(0)
    let text = try await terminal.readToEnd { text in
      answered.withLock { count in
        guard count < typing.count, text.hasSuffix(typing[count].prompt) else { return }
        terminal.type(typing[count].answer)
        count += 1
      }
    }
    return Outcome(ending: try await running.waitForEnd(), output: Array(text.utf8))
  }

  /// Starts the program beside the test; what it says on standard error goes to a file there.
  func start(_ arguments: [String], errors: String) async throws -> RunningProgram {
    try await RunningProgram(
      program(arguments, environment: [:]), output: "/dev/null", errors: path(errors))
  }

  /// Starts a line of bash beside the test, in which `nearfind` is the program.
  func start(shell line: String, errors: String) async throws -> RunningProgram {
    let directory = Self.executable.deletingLastPathComponent().path
    let bash = Program(
      "/bin/bash", ["-c", line],
      environment: environment(["PATH": directory + ":/usr/local/bin:/usr/bin:/bin"]),
      directory: root.path)
    return try await RunningProgram(bash, output: "/dev/null", errors: path(errors))
  }

  func program(_ arguments: [String], environment: [String: String]) -> Program {
    Program(
      Self.executable.path, arguments, environment: self.environment(environment),
      directory: root.path)
  }

  private func environment(_ further: [String: String]) -> [String: String] {
    let own = [
      "HOME": path("home"), "NEARFIND_DATA": data.path, "PATH": "/usr/local/bin:/usr/bin:/bin",
      "LANG": "C.UTF-8", "TZ": "UTC",
    ]
    return own.merging(further) { $1 }
  }

  /// SwiftPM builds the program beside the tests.
  static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
    .resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "nearfind")
}

/// A terminal without a screen: what is written to `slave` is read here.
struct PseudoTerminal: Sendable {
  let slave: Int32
  private let master: Int32

  init(columns: Int) throws {
    // What posix_openpt, unlockpt and ptsname do: Glibc's module does not show them to Swift.
    let unlock: UInt = 0x4004_5431  // TIOCSPTLCK
    let numberRequest: UInt = 0x8004_5430  // TIOCGPTN
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(master >= 0)
    var locked: Int32 = 0
    var number: Int32 = 0
    try #require(ioctl(master, unlock, &locked) == 0)
    try #require(ioctl(master, numberRequest, &number) == 0)
    slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(slave >= 0)
    var size = winsize(ws_row: 24, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    try #require(ioctl(slave, UInt(TIOCSWINSZ), &size) == 0)
  }

  func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
  }

  /// Reads until the program has closed its end.
  ///
  /// - Parameters:
  ///   - limit: then the test fails instead of waiting on.
  ///   - look: is called with all that was read, each time there is more.
  func readToEnd(
    within limit: Duration = .seconds(120), look: @escaping @Sendable (String) -> Void
  ) async throws -> String {
    // A thread of its own, because it blocks.
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Result { try read(within: limit, look: look) })
      }
    }
  }

  private func read(within limit: Duration, look: (String) -> Void) throws -> String {
    defer { close(master) }
    let deadline = ContinuousClock.now + limit
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let left = (deadline - .now) / .milliseconds(1)
      var request = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      let ready = poll(&request, 1, Int32(max(0, left)))
      guard ready != 0 else {
        let text = String(decoding: bytes.suffix(400), as: UTF8.self)
        throw WaitedInVain(what: "the end of the terminal, where stood: \(text)", limit: limit)
      }
      let count = ready < 0 ? -1 : Foundation.read(master, &buffer, buffer.count)
      if count > 0 {
        bytes += buffer[..<count]
        look(String(decoding: bytes, as: UTF8.self))
      } else if count == 0 || errno != EINTR {
        break
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
