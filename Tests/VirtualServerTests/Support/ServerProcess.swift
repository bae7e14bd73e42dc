import Foundation
import Protocol
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// A virtual server process, with the test in the daemon's place.
final class ServerProcess: Sendable {
  let world: World
  let host: NodeIdentity
  let program: RunningProgram
  /// Nil once it is closed: by then its number may be somebody else's.
  private let commands: Mutex<FileDescriptor?>
  private let eventsPath: String

  /// SwiftPM builds the program beside the tests.
  static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
    .resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "nearfind").path

  /// - Parameter name: tells servers of one world apart; the same name has the same data.
  init(
    _ world: World, host: NodeIdentity, name: String = "server", options: [String] = []
  ) async throws {
    self.world = world
    self.host = host
    let identity = world.folder.path + "/identity-" + name
    if !FileManager.default.fileExists(atPath: identity) {
      _ = try world.register(host, in: "identity-" + name)
    }
    eventsPath = world.folder.path + "/events-" + UUID().uuidString
    let pipe = try FileDescriptor.pipe()
    commands = Mutex(pipe.writeEnd)
    // Children of other tests must not hold it open.
    _ = fcntl(pipe.writeEnd.rawValue, F_SETFD, FD_CLOEXEC)
    let events = try FileDescriptor.open(
      FilePath(eventsPath), .writeOnly, options: [.create, .append, .closeOnExec],
      permissions: .ownerReadWrite)
    let errors = try FileDescriptor.open(
      FilePath(eventsPath + ".errors"), .writeOnly, options: [.create, .append, .closeOnExec],
      permissions: .ownerReadWrite)
    program = try await RunningProgram(
      Program(
        Self.executable,
        [
          "virtual-server", "--data", world.folder.path + "/data-" + name, "--identity", identity,
          "--listen", "127.0.0.1:0",
        ] + options),
      input: pipe.readEnd, output: events, errors: errors)
  }

  deinit { try? endCommands() }

  var data: String { world.folder.path + "/data-server" }

  func send(_ command: VirtualServerCommand) throws {
    try send(text: String(decoding: BoundedJSON.encode(command), as: UTF8.self))
  }

  func send(text: String) throws {
    try commands.withLock { commands in
      _ = try #require(commands).writeAll(Array((text + "\n").utf8))
    }
  }

  /// The daemon's end of the pipe closes, as when the daemon is killed.
  func endCommands() throws {
    let descriptor = commands.withLock { commands in
      defer { commands = nil }
      return commands
    }
    try descriptor?.close()
  }

  func events() throws -> [VirtualServerEvent] {
    let bytes = Array(FileManager.default.contents(atPath: eventsPath) ?? Data())
    // The last line may not be whole yet.
    guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
    return try bytes[..<end].split(separator: UInt8(ascii: "\n")).map {
      try BoundedJSON.decode(VirtualServerEvent.self, from: $0)
    }
  }

  var errorText: String {
    String(
      decoding: FileManager.default.contents(atPath: eventsPath + ".errors") ?? Data(),
      as: UTF8.self)
  }

  func statuses() throws -> [VirtualServerStatus] {
    try events().compactMap { if case .status(let status) = $0 { status } else { nil } }
  }

  func logLines() throws -> [String] {
    try events().compactMap { if case .log(let line) = $0 { line } else { nil } }
  }

  /// Waits until it listens.
  func port() async throws -> UInt16 {
    var port: UInt16?
    try await wait(until: "the virtual server to listen") {
      for case .listening(let number) in try events() { port = number }
      if port == nil, !program.isRunning {
        throw WaitedInVain(what: "a port, but it ended: \(errorText)", limit: .zero)
      }
      return port != nil
    }
    return try #require(port)
  }

  /// Has it serve a group with a lease that outlasts the test.
  func serve(
    _ clients: [NodeIdentity], group: UInt64 = 1, epoch: UInt64 = 1, membership: UInt64 = 1,
    lease: Int64 = 3_600_000
  ) async throws {
    try send(
      .serve(
        group: group, epoch: epoch, limitCount: 50,
        clients: clients.map { GroupClient(node: $0.node.text, incarnation: 1) },
        membership: membership))
    if lease > 0 {
      let end = MachineClock.milliseconds() + lease
      try send(.lease(epoch: epoch, end: end, limitCount: 50))
    }
    try await settled { status in
      status.group == group && status.epoch == epoch && status.membership == membership
        && status.takesRecords == (lease > 0)
    }
  }

  /// Waits until the newest state is as wished.
  func settled(_ isWished: (VirtualServerStatus) -> Bool) async throws {
    try await wait(until: "the virtual server's state") {
      try statuses().last.map(isWished) ?? false
    }
  }

  func node(_ identity: NodeIdentity) async throws -> TestNode {
    TestNode(
      identity: identity, client: try world.client(.node(identity)), host: host,
      port: try await port())
  }
}
