import Foundation
import Protocol
import TestSupport
import Testing

@testable import NearfindCommands

/// `nearfind index` while `nearfind up` runs.
@Suite(.timeLimit(.minutes(5))) struct IndexThroughDaemonTests {
  private let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    for number in 0..<20 { try sandbox.write("text \(number)", to: "share/plan\(number).txt") }
  }

  private func withDaemon(_ body: () async throws -> Void) async throws {
    let daemon = try await sandbox.start(["up"], errors: "up-errors")
    do {
      try await wait(until: "the daemon to run") { said.contains("Running.") }
      try await body()
    } catch {
      try? await daemon.kill()
      throw error
    }
    try await daemon.kill()
  }

  private var said: String {
    (try? String(contentsOfFile: sandbox.path("up-errors"), encoding: .utf8)) ?? ""
  }

  /// Nothing but the daemon's end can end the hashing of a file of 1 TB within a test.
  @Test func progressIsShownAndCtrlCEndsTheCommandAlone() async throws {
    try sandbox.write("", to: "share/huge.bin")
    let huge = try FileHandle(forWritingTo: sandbox.root.appending(path: "share/huge.bin"))
    try huge.truncate(atOffset: 1 << 40)
    try huge.close()
    try await withDaemon {
      let outcome = try await sandbox.runOnTerminal(
        ["index", "share"], columns: 60, interruptingAt: "reading 0 of 21 files")
      #expect(outcome.status == 130, "\(outcome.output)")
      #expect(outcome.output.contains("of 1.1 TB"))
      let farewell = try #require(outcome.output.range(of: "nearfind: This command ends."))
      #expect(outcome.output[..<farewell.lowerBound].unicodeScalars.last == "\r")
      #expect(outcome.output[farewell.lowerBound...].contains("goes on with the work"))
      #expect(!outcome.output[farewell.lowerBound...].contains("reading"))
      // It goes on: what was asked for is shared, and the daemon answers.
      #expect(try await sandbox.run("search", "--strict", "plan7").status == 0)
      let status = try await sandbox.run("status").output
      #expect(status.contains("nearfind up: running") && status.contains("to be read"))
    }
  }

  @Test func refusalsComeThroughTheStream() async throws {
    try await withDaemon {
      let missing = try await sandbox.run("index", "no-such-folder")
      #expect(missing.status == 2, "\(missing.errors)")
      let first = try await sandbox.run("index", "share")
      #expect(first.status == 0 && first.output.contains("20 files looked at"), "\(first.output)")
      try sandbox.write("x", to: "share/below/x.txt")
      let inner = try await sandbox.run("index", "share/below")
      #expect(inner.status == 2, "\(inner.errors)")
      #expect(!inner.errors.contains("It could not be done"))
    }
  }

  @Test func aDaemonThatEndsMeanwhileIsSaid() async throws {
    try sandbox.write("", to: "share/huge.bin")
    let huge = try FileHandle(forWritingTo: sandbox.root.appending(path: "share/huge.bin"))
    try huge.truncate(atOffset: 1 << 40)
    try huge.close()
    try await withDaemon {
      let index = try await sandbox.start(["index", "share"], errors: "index-errors")
      try await wait(until: "it to read") {
        try await sandbox.run("status").output.contains("to be read")
      }
      #expect(try await sandbox.run("down").status == 0)
      #expect(try await index.waitForEnd() == .exited(3))
      let errors = try String(contentsOfFile: sandbox.path("index-errors"), encoding: .utf8)
      #expect(errors.contains("goes on from here"), "\(errors)")
    }
  }
}
