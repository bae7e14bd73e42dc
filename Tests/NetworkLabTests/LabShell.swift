import TestSupport

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
    let outcome = try await Program(
      "timeout", ["--kill-after=5", "\(limit)", "unshare", "-Urnm", "--"] + command,
      environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"]
    ).run()
    return Result(status: outcome.status, text: outcome.output + outcome.errors)
  }
}
