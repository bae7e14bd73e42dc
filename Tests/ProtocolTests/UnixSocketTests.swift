import Foundation
import TestSupport
import Testing

@testable import Protocol

@Suite struct UnixSocketTests {
  @Test func theLocalServerServesItsUser() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/run/daemon.socket"
    let server = try await startServer(.local(path: path))
    #expect(try permissions(of: path) == 0o600)
    #expect(try permissions(of: folder.path + "/run") == 0o700)
    let client = try PeerClient(.localSocket, limits: .patient)
    for _ in 0..<3 {
      let answer = try await client.send(
        .get("/v1/who"), to: .unixSocket(path: path), expecting: .anyone, as: Echo.self)
      #expect(answer.text == "user \(geteuid())")
    }
    await server.shutDown(within: .seconds(10))
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func aFolderThatIsOpenToOthersIsNotUsed() async throws {
    let folder = try TemporaryFolder()
    chmod(folder.path, 0o755)
    await #expect(
      throws: ServerStartError.folder(.loosePermissions(path: folder.path, mode: 0o755))
    ) { try await startServer(.local(path: folder.path + "/daemon.socket")) }
  }

  /// Only root can play another user. The socket is opened to everyone first: the kernel's word on
  /// who connects is the second lock, and it must hold without the first.
  @Test(.enabled(if: geteuid() == 0)) func otherUsersAreTurnedAway() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/daemon.socket"
    let server = try await startServer(.local(path: path))
    let program = """
      import socket
      s = socket.socket(socket.AF_UNIX)
      s.settimeout(60)
      try:
        s.connect('\(path)')
        s.sendall(b'GET /v1/who HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n')
        print('answer', s.recv(100))
      except PermissionError:
        print('no permission')
      except OSError:
        print('answer', b'')
      """
    #expect(try await run(program, as: 65534) == "no permission\n")
    chmod(folder.path, 0o755)
    chmod(path, 0o666)
    #expect(try await run(program, as: 65534) == "answer b''\n")
    #expect(try await run(program, as: 0).contains("200 OK"))
    await server.shutDown(within: .seconds(10))
  }

  private func run(_ program: String, as user: Int) async throws -> String {
    try await Program(
      "setpriv",
      [
        "--reuid=\(user)", "--regid=\(user)", "--clear-groups", "/usr/bin/python3", "-c", program,
      ]
    ).run().output
  }
}
