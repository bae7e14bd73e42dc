import Foundation

/// Scenarios as people read them: texts that tell what happens, which a test plays and compares.
/// `NEARFIND_WRITE_SCENARIOS=1` writes what happens into the files: read the difference before it is
/// committed.
public struct ScenarioFolder: Sendable {
  private let folder: URL

  /// - Parameter file: of the test; the folder `Scenarios` stands beside it or one level above.
  public init(near file: String = #filePath) {
    let parent = URL(fileURLWithPath: file).deletingLastPathComponent()
    let beside = parent.appending(path: "Scenarios")
    let isBeside = FileManager.default.fileExists(atPath: beside.path)
    folder =
      isBeside ? beside : parent.deletingLastPathComponent().appending(path: "Scenarios")
  }

  public var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
      .filter { $0.hasSuffix(".txt") }.sorted()
  }

  /// - Parameter play: the text with what happened in the place of what is told.
  /// - Returns: where it tells otherwise than what happens; nil if it tells the truth.
  /// - Throws: what `play` throws.
  public func problem(
    of name: String, _ play: (String) async throws -> String
  ) async throws -> String? {
    let file = folder.appending(path: name)
    let told = try String(contentsOf: file, encoding: .utf8)
    let actual = try await play(told)
    if ProcessInfo.processInfo.environment["NEARFIND_WRITE_SCENARIOS"] != nil {
      try actual.write(to: file, atomically: true, encoding: .utf8)
    }
    return actual == told ? nil : Self.difference(told, actual)
  }

  /// The lines that are missing (`-`) or new (`+`), with their place.
  public static func difference(_ expected: String, _ actual: String) -> String {
    let old = expected.components(separatedBy: "\n")
    let new = actual.components(separatedBy: "\n")
    let changes = new.difference(from: old).map { change in
      switch change {
      case .remove(let offset, let line, _): (offset, "\(offset + 1)\t- \(line)")
      case .insert(let offset, let line, _): (offset, "\(offset + 1)\t+ \(line)")
      }
    }
    return changes.sorted { $0.0 < $1.0 }.map(\.1).joined(separator: "\n")
  }
}
