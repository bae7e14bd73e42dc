import Foundation
import TestSupport
import Testing

@testable import Node

@Suite struct IgnoreRulesTests {
  private func isLeftOut(
    _ path: String, by lines: String, isFolder: Bool = false, rules: IgnoreRules = .none
  ) -> Bool {
    let rules = rules.adding(contents: Array(lines.utf8), in: .empty)
    let path = PathBytes(path)
    return rules.leaveOut(path.lastComponent.bytes[...], in: path.parent, isFolder: isFolder)
  }

  @Test(arguments: [
    ".bashrc", "notes.txt~", ".#notes.txt", "#notes.txt#", "a.swp", "~$report.docx", "b.tmp",
    ".DS_Store", "Thumbs.db", "film.part", "film.crdownload", ".git",
  ])
  func theDefaultsLeaveOut(name: String) {
    #expect(isLeftOut("folder/" + name, by: "", rules: .standard))
    #expect(!isLeftOut("folder/" + name, by: "!" + escaped(name), rules: .standard))
  }

  private func escaped(_ name: String) -> String { name.hasPrefix("#") ? "\\" + name : name }

  @Test(arguments: ["notes.txt", "a#b", "swp", "template", "~draft", "#1 hit.mp3", "party"])
  func theDefaultsLeaveIn(name: String) {
    #expect(!isLeftOut("folder/" + name, by: "", rules: .standard))
  }

  @Test func namesNeedNotBeText() {
    let rules = IgnoreRules.none.adding(contents: [0xFF, UInt8(ascii: "*")], in: .empty)
    #expect(rules.leaveOut([0xFF, 0xFE], in: .empty, isFolder: false))
    #expect(!rules.leaveOut([0xFE, 0xFF], in: .empty, isFolder: false))
  }

  @Test func noPatternIsSlow() {
    let pattern = String(repeating: "*a", count: 200) + "b"
    let name = String(repeating: "a", count: 255)
    let began = ContinuousClock.now
    #expect(!isLeftOut(name, by: pattern))
    // Backtracking would take longer than the universe has had.
    #expect(.now - began < .seconds(5))
  }

  @Test func aByteOrderMarkAndWindowsLineEndsAreNoPartOfALine() {
    #expect(isLeftOut("a", by: "\u{FEFF}a\r\nb\r\n"))
    #expect(isLeftOut("b", by: "\u{FEFF}a\r\nb\r\n"))
  }

  /// Random ignore files at random places over a random tree, against git itself.
  @Test(arguments: UInt64(1)...24)
  func gitAgrees(seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    let tree = try IgnoreTree(using: &generator)
    let expected = try await tree.pathsIgnoredByGit()
    for path in tree.paths {
      let verdict = tree.rulesIgnore(path)
      #expect(
        verdict == expected.contains(IgnoreTree.withoutSlash(path)),
        "seed \(seed): \(path) by \(tree.ignoreFiles(above: path))")
    }
  }
}
