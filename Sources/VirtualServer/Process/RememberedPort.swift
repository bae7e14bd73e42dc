import Foundation

/// The port that a virtual server had last, so that after a restart its clients find it where it was.
struct RememberedPort: Sendable {
  private let path: String

  /// - Parameter folder: where it is kept, in a file `port`.
  init(folder: String) {
    path = folder + "/port"
  }

  /// Nil where none is known.
  var value: UInt16? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    return UInt16(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// A port that cannot be kept only costs the clients a question after the next restart.
  func keep(_ port: UInt16) {
    guard port != value else { return }
    try? Data("\(port)\n".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}
