import Foundation

/// Counts the starts of a node's daemon on the disk, so that messages of an earlier one can be told
/// from those of the present one.
struct IncarnationFile: Sendable {
  let path: String

  /// The number of this start, greater than every one before.
  ///
  /// A file that is missing or damaged does no harm for long: the central server refuses a number
  /// that it has seen and says which is the last.
  func next() throws -> UInt64 {
    let content = FileManager.default.contents(atPath: path) ?? Data()
    let text = String(decoding: content.prefix(32), as: UTF8.self).prefix { $0.isNumber }
    let number = min(UInt64(text) ?? 0, UInt64(Int64.max)) + 1
    try store(number)
    return number
  }

  /// Returns when the number would survive a loss of power.
  func store(_ number: UInt64) throws {
    let draft = path + ".draft"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SystemError.last }
    defer { close(descriptor) }
    let text = Array("\(number)\n".utf8)
    guard write(descriptor, text, text.count) == text.count, fsync(descriptor) == 0,
      rename(draft, path) == 0
    else { throw SystemError.last }
  }
}
