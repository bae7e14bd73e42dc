import Foundation

/// Folders of the tests' own. They stay until the tests' process ends: a store may outlive the
/// test's last mention of its folder.
enum TemporaryFolder {
  private static let parent: String = {
    let path = NSTemporaryDirectory() + "nearfind-central-" + UUID().uuidString
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    atexit { try? FileManager.default.removeItem(atPath: TemporaryFolder.parent) }
    return path
  }()

  /// A new and empty one.
  static func make() throws -> String {
    let path = parent + "/" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    return path
  }
}
