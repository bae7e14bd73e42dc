import TestSupport
import Testing

@testable import CentralServer

@Suite("User ids") struct UserIdentifierTests {
  @Test(arguments: [
    ("Alice", "alice"), ("straße", "STRASSE"), ("e\u{301}mile", "Émile"), ("Ａｌｉｃｅ", "alice"),
    ("ΣΟΦΟΣ", "σοφος"), ("사용자", "사용자"), ("ﬁnn", "FINN"),
  ])
  func spellingsOfOneId(left: String, right: String) throws {
    let left = try UserIdentifier(left)
    let right = try UserIdentifier(right)
    #expect(left == right)
    #expect(left.hashValue == right.hashValue)
    // Folding what is folded changes nothing, or a user would be lost by it.
    #expect(UserIdentifier.fold(left.folded) == left.folded)
  }

  @Test(arguments: [("alice", "alicia"), ("a.b", "ab"), ("alice", "аlice")])
  func othersStayOthers(left: String, right: String) throws {
    #expect(try UserIdentifier(left) != UserIdentifier(right))
  }

  @Test func whatIsKeptIsWhatWasWritten() throws {
    let identifier = try UserIdentifier("E\u{301}mile-2_x.y")
    #expect(Array(identifier.name.unicodeScalars) == Array("Émile-2_x.y".unicodeScalars))
  }

  @Test func whatIsNoIdIsToldWhy() {
    let cases: [(String, UserIdentifierError)] = [
      ("", .empty), ("-a", .badStart("-")), ("\u{301}a", .badStart("\u{301}")),
      ("a b", .badCharacter(" ")), ("a\0b", .badCharacter("\0")), ("a/b", .badCharacter("/")),
      ("a\u{202E}b", .badCharacter("\u{202E}")), ("a👍", .badCharacter("👍")),
      ("a@b", .badCharacter("@")), ("a\u{200D}b", .badCharacter("\u{200D}")),
      (String(repeating: "x", count: 65), .tooLong),
      (String(repeating: "x", count: 1 << 20), .tooLong),
      (String(repeating: "é", count: 65), .tooLong),
    ]
    for (text, error) in cases {
      #expect(throws: error, "\(text.prefix(9))") { try UserIdentifier(text) }
      #expect(!error.description.contains("\0") && !error.description.contains("\u{202E}"))
    }
    #expect(throws: Never.self) { try UserIdentifier(String(repeating: "각", count: 64)) }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func noTextBreaksIt(seed: UInt64) {
    var chance = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let scalars = (0..<chance.number(0...70)).compactMap { _ in
        Unicode.Scalar(UInt32(chance.number(0...0x2FFFF)))
      }
      let text = String(String.UnicodeScalarView(scalars))
      guard let identifier = try? UserIdentifier(text) else { continue }
      #expect(identifier.folded.utf8.count <= 1000, "seed \(seed)")
      #expect((try? UserIdentifier(identifier.name)) == identifier, "seed \(seed)")
    }
  }
}
