import Foundation
import Protocol
import TestSupport
import Testing

/// A `nearfind central` that runs beside a test of commands, on a free port of loopback.
final class SandboxCentral: Sendable {
  let address: String
  let fingerprint: String
  private let folder: String
  private let program: RunningProgram

  private init(_ sandbox: Sandbox, name: String, _ arguments: [String]) async throws {
    folder = sandbox.path(name)
    let log = sandbox.path(name + "-log")
    let program = try await RunningProgram(
      sandbox.program(
        ["central", "--data", folder, "--listen", "127.0.0.1:0"] + arguments, environment: [:]),
      output: log)
    self.program = program
    do {
      var said = ""
      try await wait(until: "the central server to listen") {
        said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        try #require(program.isRunning, "\(said)")
        return said.contains("nearfind register")
      }
      address = "127.0.0.1:" + (try #require(said.firstMatch(of: /listens at \S+:(\d+)\./)).1)
      fingerprint = String(try #require(said.firstMatch(of: /Fingerprint: (\S+)/)).1)
    } catch {
      try await program.kill()
      throw error
    }
    self.log = log
  }

  private let log: String
  var said: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

  /// Whatever a test does, nothing of it is left running.
  static func with(
    _ sandbox: Sandbox, name: String = "central", _ arguments: [String] = [],
    _ body: (SandboxCentral) async throws -> Void
  ) async throws {
    let central = try await SandboxCentral(sandbox, name: name, arguments)
    do {
      try await body(central)
    } catch {
      try? await central.program.kill()
      throw error
    }
    try await central.program.kill()
  }

  func admin(_ sandbox: Sandbox, _ arguments: String...) async throws -> Program.Outcome {
    try await sandbox.run(["admin"] + arguments + ["--data", folder])
  }
}
