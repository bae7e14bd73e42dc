import SearchModel

/// A word of a stored field and where it stands.
public struct FieldToken: Hashable, Sendable {
  /// Normalised and without case, not stemmed, cut to the limit of a term.
  public var text: String
  /// Where it stands in the original text.
  public var range: Range<String.Index>
}

/// Cuts the text of a field into the tokens that analysis sees, without stems and joined forms.
public enum FieldTokens {
  /// - Returns: in order; words of names and folders are split (`ProjectPlan` is two tokens), and
  ///   East Asian runs are overlapping pairs, whose ranges overlap too.
  public static func tokens(in text: String, field: Field) -> [FieldToken] {
    let map = ComposedText(text)
    let splitsNames = field == .name || field == .directory
    return map.bytes.withUnsafeBufferPointer { bytes in
      var tokens: [FieldToken] = []
      let name = FileNameParts(bytes)
      var scanner = RunScanner(bytes)
      var ends: [Int] = []
      while tokens.count < TermLimits.maximumTextTokenCount, let run = scanner.next() {
        if run.kind == .eastAsian {
          var pairs = CharacterPairs(run, of: bytes)
          while tokens.count < TermLimits.maximumTextTokenCount, let pair = pairs.next() {
            tokens.append(map.token(pair))
          }
          continue
        }
        if splitsNames, !(field == .name && name.isShortExtension(run)) {
          NameSplitter.split(run, of: bytes, into: &ends)
        } else {
          ends = [run.end]
        }
        var start = run.start
        for end in ends {
          tokens.append(map.token(start..<end))
          start = end
        }
      }
      return tokens
    }
  }
}

/// A text in NFC, and where each of its bytes comes from.
struct ComposedText {
  private(set) var bytes: [UInt8] = []
  /// For each byte, the index of the character it comes from.
  private var origins: [String.Index] = []
  private let end: String.Index

  init(_ text: String) {
    end = text.endIndex
    bytes.reserveCapacity(text.utf8.count)
    origins.reserveCapacity(text.utf8.count + 1)
    for index in text.indices {
      let count = bytes.count
      TextNormalization.appendComposed(text[index], to: &bytes)
      origins.append(contentsOf: repeatElement(index, count: bytes.count - count))
    }
  }

  /// Where in the original text a range of bytes comes from, in whole characters.
  func range(_ range: Range<Int>) -> Range<String.Index> {
    var next = range.upperBound
    // Up to the next character: a border may lie inside one.
    while next < bytes.count, next > 0, origins[next] == origins[next - 1] { next += 1 }
    return origins[range.lowerBound]..<(next < bytes.count ? origins[next] : end)
  }

  fileprivate func token(_ range: Range<Int>) -> FieldToken {
    var folded: [UInt8] = []
    bytes.withUnsafeBufferPointer { bytes in
      let limit = min(
        range.upperBound, range.lowerBound + TermLimits.maximumUnfoldedByteCount)
      TextNormalization.appendFolded(
        UnsafeBufferPointer(rebasing: bytes[range.lowerBound..<limit]), to: &folded)
    }
    return FieldToken(
      text: QueryPieces.cut(String(decoding: folded, as: UTF8.self)), range: self.range(range)
    )
  }
}
