import Foundation

/// A directory of its own that only the owner can read, removed with the last use of this value.
final class TemporaryDirectory: Sendable {
  let path: String

  /// - Throws: a failure when `$TMPDIR` (or `/tmp`) takes no directory.
  init() throws(CommandFailure) {
    let template = FileManager.default.temporaryDirectory.appending(path: "nearfind-XXXXXX").path
    var name = template.utf8CString.map { $0 }
    guard mkdtemp(&name) != nil else {
      let reason = String(cString: strerror(errno))
      throw .failed(
        "No temporary directory can be made at \(template): \(reason). Set TMPDIR to another place."
      )
    }
    path = name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }
}
