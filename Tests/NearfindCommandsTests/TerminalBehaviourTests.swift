import Foundation
import TestSupport
import Testing

@testable import NearfindCommands

/// What changes when a person watches.
@Suite struct TerminalBehaviourTests {
  let sandbox: Sandbox

  init() async throws {
    sandbox = try Sandbox()
    try sandbox.write("milestones", to: "share/ProjectPlan.md")
    let outcome = try await sandbox.run("index", "share")
    try #require(outcome.status == 0, "\(outcome.errors)")
  }

  private let escape = "\u{1B}"

  @Test func coloursAreForTerminals() async throws {
    let arguments = ["search", "plan"]
    #expect(try await sandbox.runOnTerminal(arguments).output.contains(escape))
    #expect(
      try await !sandbox.run(arguments, environment: ["TERM": "xterm"]).output.contains(escape))
  }

  @Test(arguments: [
    ["NO_COLOR": "1", "TERM": "xterm"], ["TERM": "dumb"], [:],
    ["NO_COLOR": "1", "CLICOLOR_FORCE": "1", "TERM": "xterm"],
  ])
  func coloursAreRefused(_ environment: [String: String]) async throws {
    let outcome = try await sandbox.runOnTerminal(["search", "plan"], environment: environment)
    #expect(!outcome.output.contains(escape))
    #expect(outcome.output.contains("ProjectPlan.md"))
  }

  @Test func coloursAreForced() async throws {
    let byEnvironment = try await sandbox.run(
      ["search", "plan"], environment: ["CLICOLOR_FORCE": "1"])
    #expect(byEnvironment.output.contains(escape))
    #expect(try await sandbox.run("search", "plan", "--color", "always").output.contains(escape))
    #expect(
      try await !sandbox.runOnTerminal(["search", "plan", "--color", "never"]).output.contains(
        escape))
  }

  @Test func jsonIsNeverColoured() async throws {
    let outcome = try await sandbox.runOnTerminal(["search", "plan", "--json", "--color", "always"])
    #expect(!outcome.output.contains(escape))
  }

  /// Nothing here lasts a second, so nothing may be drawn.
  @Test func quickWorkShowsNoProgress() async throws {
    let outcome = try await sandbox.runOnTerminal(["index"])
    #expect(outcome.status == 0)
    #expect(!outcome.output.contains("looking through folders:"))
  }

  /// Nothing but the signal can end the hashing of a file of 1 TB within a test.
  @Test func longWorkShowsProgressAndCtrlCEndsIt() async throws {
    try sandbox.write("", to: "share/huge.bin")
    let huge = try FileHandle(forWritingTo: sandbox.root.appending(path: "share/huge.bin"))
    try huge.truncate(atOffset: 1 << 40)
    try huge.close()
    let outcome = try await sandbox.runOnTerminal(
      ["index"], columns: 60, interruptingAt: "reading 0 of 1 file")
    #expect(outcome.status == 130)
    #expect(outcome.output.contains("of 1.1 TB"))
    // The line of progress is wiped away before anything else is said.
    let farewell = try #require(outcome.output.range(of: "nearfind: Stopping."))
    #expect(outcome.output[..<farewell.lowerBound].unicodeScalars.last == "\r")
    #expect(!outcome.output[farewell.lowerBound...].contains("reading"))
    for piece in outcome.output.utf8.split(whereSeparator: { $0 == 0x0D || $0 == 0x0A }) {
      let line = String(decoding: piece, as: UTF8.self)
      #expect(line.hasPrefix("nearfind:") || DisplayWidth.of(line) < 60, "\(line)")
    }
  }

  @Test func aReaderThatLeavesIsNoError() async throws {
    let piped = try await sandbox.shell("trap '' PIPE; nearfind search plan --explain | head -n 1")
    #expect(piped.status == 0)
    #expect(piped.lines.count == 1)
  }

  @Test func aFullDiskIsSaid() async throws {
    let full = try await sandbox.shell("nearfind search plan > /dev/full")
    #expect(full.status == 3)
    #expect(full.output.contains("cannot be written"))
  }

  @Test func watchingFollowsChangesUntilInterrupted() async throws {
    let program = try await sandbox.start(["index", "--watch"], errors: "watch-errors")
    func said() -> String {
      (try? String(contentsOfFile: sandbox.path("watch-errors"), encoding: .utf8)) ?? ""
    }

    try await wait(until: "watching to begin") { said().contains("Watching") }
    try sandbox.write("late", to: "share/latecomer.txt")
    try await wait(until: "the new file to be found") {
      try await sandbox.run("search", "--strict", "latecomer").status == 0
    }
    program.send(SIGINT)
    #expect(try await program.waitForEnd() == .exited(ExitStatus.interrupted.rawValue))
    #expect(said().contains("goes on from here"))
  }
}
