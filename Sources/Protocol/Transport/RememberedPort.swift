import Foundation

/// The port that a server had last, so that after a restart others find it where it was.
public struct RememberedPort: Sendable {
  private let path: String

  /// - Parameters:
  ///   - folder: where it is kept.
  ///   - name: of the file there.
  public init(folder: String, name: String = "port") {
    path = folder + "/" + name
  }

  /// Nil where none is known.
  public var value: UInt16? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    return UInt16(text.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  /// A port that cannot be kept only costs the others a question after the next restart.
  public func keep(_ port: UInt16) {
    guard port != value else { return }
    try? Data("\(port)\n".utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}
