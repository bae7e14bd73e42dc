import SearchModel
import TextAnalysis

extension TermLeaf.Terms {
  /// Whether a term of the index belongs to the family.
  ///
  /// A term whose first byte is a capital letter from A to Z lies in the namespace of that letter.
  /// Only families whose own text starts with the letter reach into it, and `containing` looks for
  /// the rest of its text in the rest of the term.
  func holds(_ term: String) -> Bool {
    switch self {
    case .exactly(let text): return term.utf8.elementsEqual(text.utf8)
    case .startingWith(let start):
      return term.namespaceByte == start.namespaceByte && term.utf8.starts(with: start.utf8)
    case .containing(let part):
      guard term.namespaceByte == part.namespaceByte else { return false }
      let skipped = part.namespaceByte == nil ? 0 : 1
      return Self.bytes(
        Array(term.utf8.dropFirst(skipped)), hold: Array(part.utf8.dropFirst(skipped)))
    }
  }

  private static func bytes(_ bytes: [UInt8], hold part: [UInt8]) -> Bool {
    guard part.count <= bytes.count else { return false }
    return (0...(bytes.count - part.count)).contains { start in
      bytes[start..<start + part.count].elementsEqual(part)
    }
  }
}

extension String {
  /// The capital letter that a namespaced term starts with.
  var namespaceByte: UInt8? {
    guard let first = utf8.first, UInt8(ascii: "A")...UInt8(ascii: "Z") ~= first else { return nil }
    return first
  }
}

extension FieldOccurrences {
  /// Where any of two terms occurs; of the counts in the text the larger.
  func united(with other: FieldOccurrences) -> FieldOccurrences {
    let text = textCount >= other.textCount ? self : other
    return subtracting(.text).union(other.subtracting(.text))
      .union(text.restricted(to: .text))
  }
}
