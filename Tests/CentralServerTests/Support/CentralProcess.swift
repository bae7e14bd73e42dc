import Foundation
import Protocol
import TestSupport
import Testing

/// A `nearfind central` that runs beside the test, on a free port of loopback.
final class CentralProcess: Sendable {
  let program: RunningProgram
  let port: Int
  let fingerprint: AuthorityFingerprint
  let folder: String
  private let outputPath: String

  /// - Parameters:
  ///   - folder: its data.
  ///   - address: where it listens, and port 0.
  ///   - openFiles: how many descriptors the system lets it have; nil for as many as the test.
  init(
    folder: String, listen address: String = "127.0.0.1", port wanted: Int = 0,
    openFiles: Int? = nil, _ arguments: [String] = []
  ) async throws {
    self.folder = folder
    let outputPath = try TemporaryFolder.make() + "/log"
    self.outputPath = outputPath
    let program = try await RunningProgram(
      Self.nearfind(
        ["central", "--data", folder, "--listen", "\(address):\(wanted)"] + arguments,
        openFiles: openFiles),
      output: outputPath)
    self.program = program
    func output() throws -> String { try String(contentsOfFile: outputPath, encoding: .utf8) }
    do {
      try await wait(until: "the central server to say where it listens") {
        guard program.isRunning else { throw Ended(output: try output()) }
        return try output().contains("nearfind register")
      }
      let text = try output()
      let listens = try #require(text.firstMatch(of: /listens at \S+:(\d+)\./))
      port = try #require(Int(listens.1))
      let print = try #require(text.firstMatch(of: /Fingerprint: (\S+)/))
      fingerprint = try #require(AuthorityFingerprint(String(print.1)))
    } catch {
      try await program.kill()
      throw error
    }
  }

  /// It ended instead of listening.
  struct Ended: Error {
    var output: String
  }

  var log: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }
  var destination: PeerDestination { .network(host: "127.0.0.1", port: port) }

  /// Runs `nearfind admin` on its data.
  func admin(_ arguments: String...) async throws -> Program.Outcome {
    try await Self.nearfind(["admin"] + arguments + ["--data", folder]).run()
  }

  /// Whatever a test does, nothing of it is left running.
  static func with<Value>(
    folder: String? = nil, listen address: String = "127.0.0.1", openFiles: Int? = nil,
    _ arguments: [String] = [], _ body: (CentralProcess) async throws -> Value
  ) async throws -> Value {
    let folder = try folder ?? TemporaryFolder.make()
    let central = try await CentralProcess(
      folder: folder, listen: address, openFiles: openFiles, arguments)
    do {
      let value = try await body(central)
      try await central.program.kill()
      return value
    } catch {
      try? await central.program.kill()
      throw error
    }
  }

  static func nearfind(_ arguments: [String], openFiles: Int? = nil) -> Program {
    let limit = openFiles.map { ["/usr/bin/prlimit", "--nofile=\($0):\($0)"] } ?? []
    let line = limit + [executable] + arguments
    return Program(
      line[0], Array(line.dropFirst()),
      environment: ["HOME": "/nonexistent", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"])
  }

  /// SwiftPM builds the program beside the tests.
  private static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
    .resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "nearfind").path
}
