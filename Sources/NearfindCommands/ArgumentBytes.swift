import Foundation
import Node

/// The command line's arguments as the system handed them over.
///
/// A folder's name need not be UTF-8, and Swift's strings are: what is not becomes U+FFFD on the
/// way. Here the bytes are found again.
enum ArgumentBytes {
  /// - Parameter argument: as ArgumentParser gives it.
  /// - Throws: a failure where two arguments that differ in bytes look the same as text.
  static func path(of argument: String) throws(CommandFailure) -> PathBytes {
    try path(of: argument, among: all)
  }

  static func path(
    of argument: String, among arguments: [[UInt8]]
  ) throws(CommandFailure) -> PathBytes {
    guard argument.unicodeScalars.contains("\u{FFFD}") else { return PathBytes(argument) }
    let candidates = Set(arguments.filter { String(decoding: $0, as: UTF8.self) == argument })
    guard candidates.count <= 1 else {
      throw .wrongUse(
        "Several folders are named \(argument) but for bytes that are no text. "
          + "Name them one at a time.")
    }
    return candidates.first.map { PathBytes($0) } ?? PathBytes(argument)
  }

  /// Of this process. The kernel keeps them as they were, each with a NUL behind it.
  private static var all: [[UInt8]] {
    guard let data = FileManager.default.contents(atPath: "/proc/self/cmdline") else { return [] }
    return data.split(separator: 0, omittingEmptySubsequences: false).map { Array($0) }
  }
}
