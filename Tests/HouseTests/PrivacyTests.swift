import Foundation
import TestSupport
import Testing

/// The product speaks of itself alone: not of the machine it was written on, nor of how.
@Suite struct PrivacyTests {
  // Put together here, so that this file does not find itself.
  private static let foreign: [String] =
    [
      "/tmp/" + "wt", "BRIEF" + ".md", "sub" + "agent", "Co-Authored" + "-By",
      "Generated" + " with",
    ]
    // A folder of the product's own may be named so; one at the root of a machine is none of it.
    + [" ", "\"", "'", "`", "(", "=", ":", "\n"].map { $0 + "/wo" + "rk/" }

  @Test func noTextMentionsWhatIsOutsideTheProduct() throws {
    let paths = try Self.texts()
    #expect(paths.count > 200)
    for path in paths {
      let data = try Data(contentsOf: House.root.appending(path: path))
      // What is not text (images, archives) has nothing to say.
      guard let text = String(data: data, encoding: .utf8) else { continue }
      for words in Self.foreign where text.contains(words) {
        Issue.record("\(path) mentions \(words)")
      }
    }
  }

  /// Skipped where the sources came without their history.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: House.root.path + "/.git")))
  func noCommitMentionsIt() async throws {
    let log = try await Program(
      "git", ["log", "--format=%h %B"], directory: House.root.path
    ).run()
    try #require(log.status == 0, "\(log.errors)")
    for words in Self.foreign where log.output.contains(words) {
      Issue.record("a commit message mentions \(words)")
    }
  }

  /// Everything that is written by hand: sources, documents, scripts. The fixtures are data, partly
  /// of others, and name folders of every kind.
  private static func texts() throws -> [String] {
    let single = [
      "README.md", "Makefile", "Package.swift", ".gitignore", "fixtures/README.md",
    ]
    let fixtures = "Tests/TextAnalysisTests/Fixtures/"
    return try single
      + ["Sources", "Tests", "CXapian", ".make", ".ci"].flatMap { folder in
        try House.paths(in: folder) { path in
          var isFolder: ObjCBool = false
          let full = House.root.appending(path: folder + "/" + path).path
          FileManager.default.fileExists(atPath: full, isDirectory: &isFolder)
          return !isFolder.boolValue && !path.contains("__pycache__")
        }
      }.filter { !$0.hasPrefix(fixtures) }
  }
}
