import Foundation

/// Where Nearfind keeps what it knows: the catalog, the index, the lock.
///
/// The first that is given: `--data DIR`, `NEARFIND_DATA`, `$XDG_DATA_HOME/nearfind`,
/// `~/.local/share/nearfind` (XDG Base Directory Specification: a relative `XDG_DATA_HOME` is
/// ignored).
public struct DataDirectory: Sendable, Hashable {
  /// Absolute.
  public let path: String

  public init(option: String?, environment: [String: String]) throws(CommandFailure) {
    let chosen = option ?? environment["NEARFIND_DATA"].flatMap { $0.isEmpty ? nil : $0 }
    if let chosen {
      guard !chosen.isEmpty else {
        throw .wrongUse("--data needs the path of a folder.")
      }
      path = Self.absolute(chosen)
    } else if let base = environment["XDG_DATA_HOME"], base.hasPrefix("/") {
      path = base + "/nearfind"
    } else if let home = environment["HOME"], home.hasPrefix("/") {
      path = home + "/.local/share/nearfind"
    } else {
      throw .wrongUse(
        "HOME is not set. Say where to keep the index with --data DIR or NEARFIND_DATA.")
    }
  }

  /// The configuration's plug-in folder: `$XDG_CONFIG_HOME/nearfind/plugins`, by default
  /// `~/.config/nearfind/plugins`; `NEARFIND_PLUGINS` names another.
  public static func plugIns(environment: [String: String]) -> String? {
    if let chosen = environment["NEARFIND_PLUGINS"], !chosen.isEmpty { return absolute(chosen) }
    if let base = environment["XDG_CONFIG_HOME"], base.hasPrefix("/") {
      return base + "/nearfind/plugins"
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return home + "/.config/nearfind/plugins"
  }

  public var indexPath: String { path + "/index" }

  /// Makes the directory, readable by nobody but its owner: what it holds tells all that the
  /// owner's folders hold. One of Nearfind's that exists is closed to others as well.
  ///
  /// - Throws: a failure for one that cannot be made, and for a folder that others can read and that
  ///   holds something else: closing it could lock people out of what is theirs.
  public func create() throws(CommandFailure) {
    do {
      let present = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      let isOurs = present.isEmpty || present.contains { $0.hasPrefix("catalog.") }
      if !isOurs, try isOpenToOthers() {
        throw CommandFailure.wrongUse(
          "\(path) holds something else and is open to other users. Name a folder of its own for "
            + "the index, for example: --data '\(path)/nearfind'")
      }
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
    } catch let failure as CommandFailure {
      throw failure
    } catch {
      throw .failed(
        "The data directory \(path) cannot be made: \(error.localizedDescription) "
          + "Choose another with --data DIR or NEARFIND_DATA.")
    }
  }

  private func isOpenToOthers() throws -> Bool {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return ((attributes[.posixPermissions] as? Int) ?? 0) & 0o077 != 0
  }

  private static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }
}
