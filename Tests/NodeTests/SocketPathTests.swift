import Foundation
import Hummingbird
import Testing

@testable import Node
@testable import Protocol

/// Where the socket lies when the data directory's path is too long for it: where others may write.
@Suite struct SocketPathTests {
  private let data = "/nowhere/\(UUID())" + String(repeating: "/long", count: 20)
  private var folder: String {
    String(SocketPath.path(dataDirectory: data).dropLast("/daemon.socket".count))
  }

  private func make(mode: Int) throws {
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: mode])
  }

  @Test func aFolderInTheDataDirectoryIsAsSafeAsThat() throws {
    let path = try SocketPath.trustedPath(dataDirectory: "/nowhere/short")
    #expect(path == "/nowhere/short/run/daemon.socket")
  }

  @Test func aFolderOfOthersIsNotTrusted() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(throws: SecretFileError.missing(path: folder)) {
      try SocketPath.trustedPath(dataDirectory: data)
    }
    try make(mode: 0o700)
    #expect(try SocketPath.trustedPath(dataDirectory: data) == folder + "/daemon.socket")
    // Only root can give a folder away, so elsewhere nobody can try.
    if geteuid() == 0 {
      #expect(chown(folder, 65_534, 65_534) == 0)
      #expect(throws: SecretFileError.foreignOwner(path: folder, userID: 65_534)) {
        try SocketPath.trustedPath(dataDirectory: data)
      }
    }
    try FileManager.default.removeItem(atPath: folder)
    try FileManager.default.createSymbolicLink(atPath: folder, withDestinationPath: "/tmp")
    #expect(throws: SecretFileError.damaged(path: folder, reason: "it is no folder")) {
      try SocketPath.trustedPath(dataDirectory: data)
    }
  }

  /// Whoever listens there could answer whatever it likes.
  @Test func aClientAsksNobodyInAFolderThatOthersCanChange() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let router = PeerServer.makeRouter()
    router.get("/v1/local/status") { _, _ in
      try Response.message(DaemonStatus(processID: getpid(), role: .alone))
    }
    let server = try await PeerServer.start(
      .local(path: SocketPath.path(dataDirectory: data)), router: router)
    let client = try #require(await LocalClient.connect(dataDirectory: data))
    #expect(try await client.status().role == .alone)
    #expect(chmod(folder, 0o777) == 0)
    #expect(await LocalClient.connect(dataDirectory: data) == nil)
    await server.shutDown(within: .seconds(5))
  }
}
