import Foundation
import TestSupport
import Testing

/// What happens when the system has no more watches to give.
@Suite struct WatchLimitTests {
  /// A user namespace of its own has a limit of its own, which nobody else feels.
  private static let limiting = "echo 8 > /proc/sys/user/max_inotify_watches"

  private static func kernelAllowsIt() async -> Bool {
    let trial = Program("unshare", ["-Ur", "sh", "-c", limiting])
    return (try? await trial.run().status) == 0
  }

  @Test(.enabled("the kernel allows namespaces of users") { await kernelAllowsIt() })
  func theLimitIsSaidAndTheRestIsFoundByLooking() async throws {
    let sandbox = try Sandbox()
    for number in 0..<40 { try sandbox.write("text", to: "share/folder\(number)/file.txt") }
    let index = "exec nearfind index share --watch --rescan 1"
    let program = try await sandbox.start(
      shell: "unshare -Ur sh -c '\(Self.limiting) && \(index)'", errors: "watch-errors")
    func said() -> String {
      (try? String(contentsOfFile: sandbox.path("watch-errors"), encoding: .utf8)) ?? ""
    }
    try await wait(until: "the limit to be said") { said().contains("max_user_watches") }
    for number in [0, 39] {
      try sandbox.write("text", to: "share/folder\(number)/latecomer\(number).txt")
      try await wait(until: "a new file in folder \(number) to be found") {
        try await sandbox.run("search", "--strict", "latecomer\(number)").status == 0
      }
    }
    program.send(SIGINT)
    #expect(try await program.waitForEnd() == .exited(130))
    // Once, not with each look.
    #expect(said().components(separatedBy: "max_user_watches is reached").count == 2)
  }
}
