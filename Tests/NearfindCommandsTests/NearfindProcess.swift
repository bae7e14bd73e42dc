import Foundation
import Testing

/// Runs the built program as a shell does, in a world of its own: its data, its home, its folders.
final class Sandbox {
  struct Outcome {
    var status: Int32
    var output: String
    var errors: String

    var lines: [String] { output.split(separator: "\n").map(String.init) }
  }

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

  /// Standard output and error go to files: no pipe can fill up and stop the program.
  @discardableResult
  func run(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
    try run(arguments, environment: environment)
  }

  @discardableResult
  func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
    let outputs = [root.appending(path: "output"), root.appending(path: "errors")]
    let handles = try outputs.map { url in
      try Data().write(to: url)
      return try FileHandle(forWritingTo: url)
    }
    let process = process(arguments, environment: environment)
    process.standardOutput = handles[0]
    process.standardError = handles[1]
    try process.run()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus,
      output: try String(contentsOf: outputs[0], encoding: .utf8),
      errors: try String(contentsOf: outputs[1], encoding: .utf8))
  }

  /// Runs a line of bash, in which `nearfind` is the program.
  func shell(_ line: String) throws -> Outcome {
    let directory = Self.executable.deletingLastPathComponent().path
    let output = root.appending(path: "shell-output")
    try Data().write(to: output)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-o", "pipefail", "-c", line]
    process.environment = environment(["PATH": directory + ":/usr/local/bin:/usr/bin:/bin"])
    process.standardInput = FileHandle.nullDevice
    let handle = try FileHandle(forWritingTo: output)
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    process.waitUntilExit()
    let text = try String(contentsOf: output, encoding: .utf8)
    return Outcome(status: process.terminationStatus, output: text, errors: "")
  }

  /// Runs the program on a terminal of its own.
  ///
  /// - Parameter interruption: Ctrl-C comes as soon as this can be read there.
  func runOnTerminal(
    _ arguments: [String], environment: [String: String] = ["TERM": "xterm"], columns: Int = 80,
    interruptingAt interruption: String? = nil
  ) throws -> Outcome {
    let terminal = try PseudoTerminal(columns: columns)
    let process = process(arguments, environment: environment)
    let end = FileHandle(fileDescriptor: terminal.slave, closeOnDealloc: false)
    process.standardOutput = end
    process.standardError = end
    try process.run()
    defer { if process.isRunning { process.terminate() } }
    var isInterrupted = false
    let text = try terminal.readToEnd { text in
      guard let interruption, !isInterrupted, text.contains(interruption) else { return }
      isInterrupted = true
      process.interrupt()
    }
    process.waitUntilExit()
    return Outcome(status: process.terminationStatus, output: text, errors: "")
  }

  func process(_ arguments: [String], environment: [String: String] = [:]) -> Process {
    let process = Process()
    process.executableURL = Self.executable
    process.arguments = arguments
    process.environment = self.environment(environment)
    process.currentDirectoryURL = root
    process.standardInput = FileHandle.nullDevice
    return process
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
struct PseudoTerminal {
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

  /// Closes our copy of the terminal's end and reads until the program has closed its own.
  ///
  /// - Parameters:
  ///   - limit: then the test fails instead of waiting on.
  ///   - look: is called with all that was read, each time there is more.
  func readToEnd(
    within limit: Duration = .seconds(60), look: (String) -> Void = { _ in }
  ) throws -> String {
    close(slave)
    defer { close(master) }
    let deadline = ContinuousClock.now + limit
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let left = (deadline - .now) / .milliseconds(1)
      var request = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      let ready = poll(&request, 1, Int32(max(0, left)))
      try #require(ready != 0, "the program is still at its terminal after \(limit)")
      let count = ready < 0 ? -1 : read(master, &buffer, buffer.count)
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
