import Foundation
import SearchModel
import TestSupport
import Testing

@testable import QueryLanguage

@Suite("Printing and parsing")
struct PropertyTests {
  @Test("What is printed reads back as the same query", arguments: [UInt64(1), 2, 3, 4])
  func roundTrip(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let zone = try #require(TimeZone(identifier: "America/St_Johns"))
    for round in 0..<1_500 {
      let query = Self.query(depth: 4, using: &generator)
      let text = query.text
      let context: Comment = "seed \(seed), round \(round): \(query) printed as ⟨\(text)⟩"
      let again = try? parse(text, zone: zone)
      #expect(again == query.canonical, context)
      #expect(query.canonical.canonical == query.canonical, context)
      if again != query.canonical { return }
    }
  }

  @Test(
    "Any text is understood or refused with a place in it", arguments: [UInt64(11), 12, 13, 14])
  func fuzz(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for round in 0..<4_000 {
      let text =
        round.isMultiple(of: 3)
        ? Self.bytes(using: &generator) : Self.pieces(using: &generator)
      let context: Comment = "seed \(seed), round \(round): ⟨\(text)⟩"
      do {
        let query = try parse(text)
        #expect(query.canonical == query, context)
        #expect(try parse(query.text) == query, context)
      } catch let error as QueryError {
        #expect(error.offset >= 0 && error.offset + error.length <= text.count, context)
        #expect(!error.excerpt(of: text).text.isEmpty, context)
      } catch {
        Issue.record("\(error)")
      }
    }
  }

  // MARK: Random values

  private static let words = [
    "a", "report", "OR", "AND", "NOT", "-x", "--x", "-", "*", "a*b", "(", ")", "(a)", "a(b)",
    "f(a", "\"", "a\"b", "“", "name:x", "nmae:x", "name:", "12:30", "C:\\x", "", " ", "a b",
    "한국어 보고서", "보고서", "\u{0301}", "\u{0301}a", "👩‍👩‍👧", "\u{0}", "\n", "e\u{0301}", "：", "＊", "－a",
    "/", "..", ".pdf", "x:", ":", "a)", "é", "\u{FEFF}a", "ＯＲ", "'", "`", "\\", "#", "~", "\r\n",
  ]

  private static func text(using generator: inout SeededGenerator) -> String {
    let count = Int.random(in: 1...2, using: &generator)
    return (0..<count).map { _ in words.randomElement(using: &generator) ?? "" }.joined()
  }

  private static func query(depth: Int, using generator: inout SeededGenerator) -> Query {
    let field =
      Bool.random(using: &generator) ? nil : Field.allCases.randomElement(using: &generator)
    let children = { (generator: inout SeededGenerator) in
      (0..<Int.random(in: 0...3, using: &generator)).map { _ in
        query(depth: depth - 1, using: &generator)
      }
    }
    switch Int.random(in: 0..<(depth > 0 ? 14 : 8), using: &generator) {
    case 0: return .everything
    case 1: return .prefix(text(using: &generator), field: field)
    case 2: return .infix(text(using: &generator), field: field)
    case 3: return .phrase(text(using: &generator), field: field)
    case 4, 5: return .filter(filter(using: &generator))
    case 6, 7:
      let text = text(using: &generator)
      return Int.random(in: 0..<20, using: &generator) == 0
        ? .resembling(text) : .word(text, field: field)
    case 8, 9, 10: return .all(children(&generator))
    case 11, 12: return .any(children(&generator))
    default: return .not(query(depth: depth - 1, using: &generator))
    }
  }

  private static func filter(using generator: inout SeededGenerator) -> Filter {
    func bound(_ generator: inout SeededGenerator) -> Int64? {
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: nil
      case 1: Int64.random(in: .min ... .max, using: &generator)
      case 2: [.min, .max, 0, -1].randomElement(using: &generator)
      default: Int64.random(in: -4_000_000_000...4_000_000_000, using: &generator)
      }
    }
    switch Int.random(in: 0..<7, using: &generator) {
    case 0: return .fileExtension(text(using: &generator))
    case 1: return .type(FileType.allCases.randomElement(using: &generator) ?? .image)
    case 2: return .folder(text(using: &generator))
    case 3: return .owner(text(using: &generator))
    case 4: return .size(minimum: bound(&generator), maximum: bound(&generator))
    case 5: return .modified(earliest: bound(&generator), latest: bound(&generator))
    default:
      let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
      return ContentHash(bytes: bytes).map(Filter.contentHash) ?? .type(.image)
    }
  }

  private static func bytes(using generator: inout SeededGenerator) -> String {
    let count = Int.random(in: 0..<40, using: &generator)
    let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func pieces(using generator: inout SeededGenerator) -> String {
    let operators = [
      "(", ")", "\"", "-", "*", ":", " ", " OR ", " AND ", "NOT ", "name:", "ext:", "size:",
      "date:", "in:", "owner:", "type:image", "hash:", ">", "..", "2024", "7d", "10M", "1.5GiB",
      "@", "9999", "99999999999999999999", "-06", "T08:30Z", "today", "999y", "9999m",
    ]
    let count = Int.random(in: 0..<12, using: &generator)
    return (0..<count).map { _ in
      (Bool.random(using: &generator) ? operators : words).randomElement(using: &generator) ?? ""
    }.joined()
  }
}
