import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import CentralServer

/// A PostgreSQL server of the tests' own, on a socket in a folder of its own.
///
/// A shell starts and ends it by what it reads from a pipe. When the tests' process ends, however it
/// ends, the pipe closes, and the shell ends the server and removes the folder.
final class PostgreSQLServer: Sendable {
  /// The one that most tests share; each uses a database of its own in it.
  static let shared = Result { try PostgreSQLServer() }

  let folder: String
  private let commands: FileHandle

  init() throws {
    let programs = try #require(PostgreSQLInstallation.folder)
    // Short: the path of a socket has room for 107 bytes.
    folder = "/tmp/nearfind-pg-" + UUID().uuidString.prefix(8)
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    let pipe = Pipe()
    commands = pipe.fileHandleForWriting
    // Else every process that another test starts keeps the pipe open.
    _ = fcntl(commands.fileDescriptor, F_SETFD, FD_CLOEXEC)
    var arguments = ["/bin/sh", "-c", Self.script, "sh", programs, folder]
    if geteuid() == 0 {
      let user = try Self.user()
      try #require(chown(folder, user.user, user.group) == 0)
      arguments =
        ["/usr/bin/setpriv", "--reuid=\(user.user)", "--regid=\(user.group)", "--clear-groups"]
        + arguments
    }
    let shell = Program(arguments[0], Array(arguments.dropFirst()), directory: folder)
    let input = pipe.fileHandleForReading
    // Ends with the shell, which nobody waits for.
    Task.detached {
      _ = try? await Subprocess.run(
        shell.configuration,
        input: .fileDescriptor(
          FileDescriptor(rawValue: dup(input.fileDescriptor)), closeAfterSpawningProcess: true),
        output: .discarded)
      try? input.close()
    }
  }

  deinit { try? commands.close() }

  /// Whom the server runs as where the tests run as root, which it refuses to be.
  static func user() throws -> (user: uid_t, group: gid_t) {
    let entry = try #require(getpwnam("postgres") ?? getpwnam("nobody")).pointee
    return (entry.pw_uid, entry.pw_gid)
  }

  private static let script = """
    programs=$1 folder=$2
    export LC_ALL=C
    trap "" INT TERM HUP
    "$programs/initdb" --pgdata="$folder/data" --username=nearfind --auth=trust --no-sync \\
      --encoding=UTF8 --locale=C >"$folder/initdb.log" 2>&1 </dev/null
    start() {
      "$programs/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= \\
        -c max_connections=400 -c shared_buffers=32MB -c fsync=off \\
        >>"$folder/server.log" 2>&1 </dev/null &
      server=$!
    }
    start
    while read -r command; do
      case $command in
        crash) kill -QUIT "$server"; wait "$server";;
        start) start;;
      esac
    done
    kill -QUIT "$server"; wait "$server"
    cd / && rm -rf "$folder"
    """

  /// Ends the server at once, as a crash would; it recovers when it starts again.
  func crash() throws { try commands.write(contentsOf: Data("crash\n".utf8)) }
  func start() throws { try commands.write(contentsOf: Data("start\n".utf8)) }

  func address(_ database: String, options: String = "") throws -> PostgreSQLAddress {
    let host = folder.replacing("/", with: "%2F")
    return try PostgreSQLAddress("postgresql://nearfind@\(host)/\(database)\(options)")
  }

  /// Runs statements in a database, waiting for the server to accept connections.
  func run(_ sql: String, in database: String = "postgres") async throws {
    let connection = PostgreSQLConnection(try address(database), limits: PostgreSQLLimits())
    try await wait(until: "PostgreSQL in \(folder)") {
      do {
        try await connection.runOutsideTransaction(sql)
        return true
      } catch CentralStoreError.unreachable {
        return false
      }
    }
  }

  /// A new and empty database.
  func makeDatabase(encoding: String = "UTF8") async throws -> String {
    let name = "test_" + UUID().uuidString.prefix(8).lowercased()
    try await run(
      "CREATE DATABASE \(name) ENCODING '\(encoding)' TEMPLATE template0 LC_COLLATE 'C' "
        + "LC_CTYPE 'C'")
    return name
  }
}

/// Debian's package `postgresql`, if it is there.
enum PostgreSQLInstallation {
  /// The folder of its programs.
  static let folder: String? = {
    let base = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
    return versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }
      .map { "\(base)/\($0)/bin" }
      .first { FileManager.default.isExecutableFile(atPath: $0 + "/initdb") }
  }()

  static var isPresent: Bool { folder != nil }

  /// Continuous integration may not do without.
  static var isRequired: Bool { ProcessInfo.processInfo.environment["CI"] != nil }
}
