import CentralServer
import Foundation

/// Where a central server keeps its authority's key and, unless it uses PostgreSQL, its database.
///
/// The first that is given: `--data DIR`, `NEARFIND_CENTRAL_DATA`, `$XDG_DATA_HOME/nearfind-central`,
/// `~/.local/share/nearfind-central`.
struct CentralDirectory: Sendable, Hashable {
  /// Absolute.
  let path: String

  init(option: String?, environment: [String: String]) throws(CommandFailure) {
    let chosen =
      option ?? environment["NEARFIND_CENTRAL_DATA"].flatMap { $0.isEmpty ? nil : $0 }
    if let chosen {
      guard !chosen.isEmpty else { throw .wrongUse("--data needs the path of a folder.") }
      path = URL(fileURLWithPath: chosen).standardizedFileURL.path
    } else if let base = environment["XDG_DATA_HOME"], base.hasPrefix("/") {
      path = base + "/nearfind-central"
    } else if let home = environment["HOME"], home.hasPrefix("/") {
      path = home + "/.local/share/nearfind-central"
    } else {
      throw .wrongUse("HOME is not set. Say where to keep the central server's data with --data.")
    }
  }

  var authorityPath: String { path + "/authority" }
  var databasePath: String { path + "/central.sqlite" }

  /// Makes the directory, readable by nobody but its owner.
  func create() throws(CommandFailure) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw .failed(
        "The data directory \(path) cannot be made: \(error.localizedDescription) "
          + "Choose another with --data DIR.")
    }
  }

  /// Keeps a second central server from using the directory, for as long as the value lives.
  func lock() throws -> FileLock {
    guard let lock = try FileLock(path: path + "/central.lock") else {
      throw CommandFailure.failed(
        "A central server runs on \(path) already. End that one, or choose another folder with "
          + "--data DIR.")
    }
    return lock
  }
}
