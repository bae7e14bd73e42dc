import Foundation

/// Runs bash as the root of namespaces of its own: users, networks, mounts. They go with the last
/// process in them.
enum LabShell {
  struct Result: Sendable {
    var status: Int32
    /// Standard output and error.
    var text: String
  }

  /// Seconds after which it and all that it started are ended: many times what it takes.
  private static let limit = 240

  static func run(script path: String) async throws -> Result {
    try await run(["bash", path])
  }

  static func run(line: String) async throws -> Result {
    try await run(["bash", "-c", line])
  }

  private static func run(_ command: [String]) async throws -> Result {
    let output = FileManager.default.temporaryDirectory.appending(path: "lab-shell-\(UUID())")
    try Data().write(to: output)
    defer { try? FileManager.default.removeItem(at: output) }
    let handle = try FileHandle(forWritingTo: output)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
    process.arguments =
      ["--kill-after=5", "\(limit)", "unshare", "-Urnm", "--"] + command
    process.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = handle
    process.standardError = handle
    let status: Int32 = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    return Result(status: status, text: try String(contentsOf: output, encoding: .utf8))
  }
}
