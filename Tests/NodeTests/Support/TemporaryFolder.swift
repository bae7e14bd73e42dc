import Foundation
import Node

/// A folder of its own for a test, gone with the value.
final class TemporaryFolder: Sendable {
  let path: String

  init(in parent: String = NSTemporaryDirectory()) throws {
    let made = parent + "/nearfind-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: made, withIntermediateDirectories: true)
    // Without links, as shares have it.
    path = URL(fileURLWithPath: made).resolvingSymlinksInPath().path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var bytes: PathBytes { PathBytes(path) }

  func path(_ relative: String) -> String { path + "/" + relative }

  func makeFolder(_ relative: String) throws {
    try FileManager.default.createDirectory(
      atPath: path(relative), withIntermediateDirectories: true)
  }

  /// Writes a file and the folders that it needs.
  func write(_ contents: String, to relative: String) throws {
    let file = path(relative)
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(contents.utf8).write(to: URL(fileURLWithPath: file))
  }

  func remove(_ relative: String) throws {
    try FileManager.default.removeItem(atPath: path(relative))
  }

  func move(_ source: String, to target: String) throws {
    guard rename(path(source), path(target)) == 0 else {
      throw POSIXError(.init(rawValue: errno)!)
    }
  }
}
