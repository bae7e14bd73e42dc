import Crypto
import Foundation
import Protocol

/// Where the daemon of a data directory listens.
public enum SocketPath {
  /// `run/daemon.socket` in the data directory; where that is too long for a socket's name, a folder
  /// of the user's below `/tmp` named after the data directory.
  public static func path(dataDirectory: String) -> String {
    let usual = dataDirectory + "/run/daemon.socket"
    // sockaddr_un takes 108 bytes, the NUL at the end among them; some are for the name of a draft.
    if usual.utf8.count <= 100 { return usual }
    let digest = SHA256.hash(data: Data(dataDirectory.utf8)).prefix(8)
    let name = digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    return "/tmp/nearfind-\(geteuid())-\(name)/daemon.socket"
  }

  /// The same, for who trusts whoever listens there.
  ///
  /// - Throws: ``Protocol/SecretFileError`` where it is below `/tmp`, where anybody can make folders, and
  ///   the folder is not there, not this user's, or open to others.
  static func trustedPath(dataDirectory: String) throws(SecretFileError) -> String {
    let path = path(dataDirectory: dataDirectory)
    if !path.hasPrefix(dataDirectory + "/") {
      _ = try SecretFolder(String(path.dropLast("/daemon.socket".count)))
    }
    return path
  }
}
