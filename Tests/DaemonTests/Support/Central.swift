import Foundation
import Synchronization
import TestSupport
import Testing

/// A `nearfind central` on a port of loopback, which it keeps through restarts.
final class Central: Sendable {
  private let machine: Machine
  private let program = Mutex<RunningProgram?>(nil)
  private let place = Mutex<(port: String, fingerprint: String)>(("0", ""))

  init() throws { machine = try Machine("central") }

  var address: String { "127.0.0.1:" + place.withLock { $0.port } }
  var port: UInt16 { place.withLock { UInt16($0.port) ?? 0 } }
  var fingerprint: String { place.withLock { $0.fingerprint } }
  var log: String { machine.log }
  private var data: String { machine.root + "/central" }

  func start() async throws {
    let running = try await RunningProgram(
      Program(
        Machine.executable,
        ["central", "--data", data, "--listen", address],
        environment: ["HOME": machine.root + "/home", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"],
        directory: machine.root), output: machine.logPath)
    program.withLock { $0 = running }
    try await wait(until: "the central server to listen") {
      guard running.isRunning else { throw Machine.Ended(log: log) }
      guard let listens = log.firstMatch(of: /listens at \S+:(\d+)\./),
        let print = log.firstMatch(of: /Fingerprint: (\S+)/)
      else { return false }
      place.withLock { $0 = (String(listens.1), String(print.1)) }
      return true
    }
  }

  func kill() async throws { try await program.withLock { $0 }?.kill() }

  /// Makes the machine a node of a user of the same name for all machines.
  ///
  /// - Parameters:
  ///   - command: `login` for a user who is registered.
  ///   - address: where the machine finds the central server; nil for where that listens.
  /// - Returns: what was said.
  @discardableResult
  func enrol(
    _ machine: Machine, user: String, by command: String = "register", at address: String? = nil
  ) async throws -> String {
    let passwordPath = machine.root + "/password"
    try Data("correct horse battery \(user)\n".utf8).write(to: URL(fileURLWithPath: passwordPath))
    let outcome = try await machine.run(
      command, address ?? self.address, "--user", user, "--fingerprint", fingerprint,
      "--password-file",
      passwordPath)
    guard outcome.status == 0 else { throw Machine.Ended(log: outcome.errors) }
    return outcome.output + outcome.errors
  }

  /// Runs `nearfind admin` on its data.
  func admin(_ arguments: String...) async throws {
    let outcome = try await machine.run(["admin"] + arguments + ["--data", data])
    guard outcome.status == 0 else { throw Machine.Ended(log: outcome.errors) }
  }

  /// A network of machines with a file each, named after its machine, and whatever the test adds.
  /// Whatever it does, nothing is left running.
  ///
  /// - Parameter address: where each machine finds the central server; nil for where that listens.
  static func with(
    _ names: [String], at address: (Central, Int) throws -> String? = { _, _ in nil },
    _ body: (Central, [Machine]) async throws -> Void
  ) async throws {
    let central = try Central()
    let machines = try names.map { try Machine($0) }
    do {
      try await central.start()
      for (number, (name, machine)) in zip(names, machines).enumerated() {
        try await central.enrol(machine, user: name, at: try address(central, number))
        try machine.write(to: "common \(name).txt")
        try await machine.run("index", "shared")
      }
      try await body(central, machines)
    } catch {
      for machine in machines { print("== \(machine.root)\n\(machine.log)") }
      print("== central\n\(central.log)")
      for machine in machines { try? await machine.kill() }
      try? await central.kill()
      throw error
    }
    for machine in machines { try await machine.kill() }
    try await central.kill()
  }
}
