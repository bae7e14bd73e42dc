import Foundation
import TestSupport
import Testing

/// `nearfind get` on a machine by itself, through the built program.
@Suite struct GetCommandTests {
  private let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    try sandbox.write("milestones and more", to: "shared/plan.txt")
    try sandbox.write("milestones again", to: "shared/again.txt")
    try sandbox.write("", to: "target/keep")
  }

  @Test func oneThatFailsKeepsNoneOfTheOthers() async throws {
    #expect(try await sandbox.run("index", "shared").status == 0)
    #expect(try await sandbox.run("search", "milestones").status == 0)
    let outcome = try await sandbox.run("get", "1", "9", "2", "--to", "target")
    #expect(outcome.status == 1, "\(outcome)")
    for name in ["plan.txt", "again.txt"] {
      #expect(FileManager.default.fileExists(atPath: sandbox.path("target/" + name)), "\(outcome)")
    }
    #expect(outcome.errors.contains("no hit 9"))
    // Which search is meant is said before anything is fetched.
    #expect(outcome.errors.contains("Hit 1 of the search for milestones: "))
    // What is there already is a wrong command line, which is worse than a hit that is not there.
    let again = try await sandbox.run("get", "9", "1", "7", "--to", "target")
    #expect(again.status == 2, "\(again)")
  }
}
