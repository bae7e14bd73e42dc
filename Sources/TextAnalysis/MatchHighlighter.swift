import SearchModel

/// Finds what to mark in a hit, for people to see why it matched.
public enum MatchHighlighter {
  /// Where in `text`, the value of `field`, something matches the query: ascending, not
  /// overlapping, touching ranges made one. Excluded words are not marked, nor are words that the
  /// query seeks in another field.
  public static func ranges(
    of query: Query, in text: String, field: Field
  ) -> [Range<String.Index>] {
    let tokens = FieldTokens.tokens(in: text, field: field)
    guard !tokens.isEmpty else { return [] }
    var marks = Marks(text: text, tokens: tokens, field: field)
    marks.add(query, depth: 0)
    return marks.merged()
  }
}

private struct Marks {
  let text: String
  let tokens: [FieldToken]
  let field: Field
  private var ranges: [Range<String.Index>] = []

  init(text: String, tokens: [FieldToken], field: Field) {
    self.text = text
    self.tokens = tokens
    self.field = field
  }

  mutating func add(_ query: Query, depth: Int) {
    guard depth < QueryAnalyzer.maximumDepth else { return }
    switch query {
    case .nothing, .everything, .not, .filter: break
    case .all(let children), .any(let children):
      for child in children { add(child, depth: depth + 1) }
    case .resembling(let text):
      for word in text.split(whereSeparator: \.isWhitespace) { addWord(String(word)) }
    case .word(let word, let field): if isSought(in: field) { addWord(word) }
    case .phrase(let phrase, let field): if isSought(in: field) { addPhrase(phrase) }
    case .prefix(let start, let field):
      if isSought(in: field) { addPieces(of: start, atStart: true) }
    case .infix(let part, let field):
      if isSought(in: field) { addPieces(of: part, atStart: false) }
    }
  }

  /// The ranges in order, overlapping and touching ones made one.
  func merged() -> [Range<String.Index>] {
    var merged: [Range<String.Index>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
      if let last = merged.last, range.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    return merged
  }

  private func isSought(in queryField: Field?) -> Bool {
    queryField == nil || queryField == field
  }

  // MARK: The kinds of leaves

  private mutating func addWord(_ word: String) {
    let pieces = QueryPieces(word)
    for piece in pieces.runs {
      if piece.isEastAsian {
        addEastAsian(piece.text)
      } else {
        addWhole(piece.text)
        if piece.parts.count > 1 {
          for part in piece.parts { addWhole(part) }
        }
      }
    }
    if let joined = pieces.joined { addJoined(joined) }
  }

  /// A whole word: a token, a token of the same stem, or tokens in a row that make it up.
  private mutating func addWhole(_ word: String) {
    let stem = isStemmed ? EnglishStemmer.stem(word) : word
    for token in tokens {
      if token.text == word || (isStemmed && EnglishStemmer.stem(token.text) == stem) {
        ranges.append(token.range)
      }
    }
    addJoined(word)
  }

  /// Neighbouring tokens that make up the word: the way a name's joined form is typed.
  private mutating func addJoined(_ word: String) {
    guard !isStemmed else { return }
    for start in tokens.indices where word.hasPrefix(tokens[start].text) {
      var rest = word.dropFirst(tokens[start].text.count)
      var end = start + 1
      while !rest.isEmpty, end < tokens.count, rest.hasPrefix(tokens[end].text) {
        rest = rest.dropFirst(tokens[end].text.count)
        end += 1
      }
      if rest.isEmpty, end > start + 1 {
        ranges += tokens[start..<end].map(\.range)
      }
    }
  }

  private mutating func addPhrase(_ phrase: String) {
    let words = FieldTokens.tokens(in: phrase, field: field).map(\.text)
    addRow(words)
  }

  private mutating func addPieces(of typed: String, atStart: Bool) {
    let pieces = QueryPieces(typed).runs
    for (index, piece) in pieces.enumerated() {
      if piece.isEastAsian {
        addEastAsian(piece.text)
      } else if atStart, index + 1 < pieces.count {
        addWhole(piece.text)
      } else {
        addInside(piece.text, atStart: atStart)
        if piece.parts.count > 1 {
          for part in piece.parts { addInside(part, atStart: atStart) }
        }
      }
    }
  }

  /// The part of each token that equals `part`.
  private mutating func addInside(_ part: String, atStart: Bool) {
    for token in tokens {
      let characters = Array(text[token.range].indices)
      let folded = characters.map { TextNormalization.folded(String(text[$0])) }
      for start in atStart ? 0..<1 : 0..<characters.count {
        var rest = part[...]
        var end = start
        while end < folded.count, !rest.isEmpty, rest.hasPrefix(folded[end]) {
          rest = rest.dropFirst(folded[end].count)
          end += 1
        }
        if rest.isEmpty {
          let upper = end < characters.count ? characters[end] : token.range.upperBound
          ranges.append(characters[start]..<upper)
        }
      }
    }
  }

  /// The whole run where it stands, else the pairs that it shares; and syllables whose initials
  /// were typed.
  private mutating func addEastAsian(_ run: String) {
    let sought = FieldTokens.tokens(in: run, field: .text).map(\.text)
    if sought.count == 1, run.unicodeScalars.count == 1 {
      for token in tokens where token.text.hasPrefix(run) {
        let start = token.range.lowerBound
        ranges.append(start..<text.index(after: start))
      }
    } else {
      let before = ranges.count
      addRow(sought)
      if ranges.count == before {
        let pairs = Set(sought)
        ranges += tokens.filter { pairs.contains($0.text) }.map(\.range)
      }
    }
    if field == .name { addInitials(run) }
  }

  /// Tokens in a row that equal the words.
  private mutating func addRow(_ words: [String]) {
    guard !words.isEmpty, words.count <= tokens.count else { return }
    for start in 0...tokens.count - words.count
    where words.indices.allSatisfy({ tokens[start + $0].text == words[$0] }) {
      ranges += tokens[start..<start + words.count].map(\.range)
    }
  }

  private mutating func addInitials(_ run: String) {
    guard let typed = HangulInitials.typedInitials(Array(run.unicodeScalars)) else { return }
    let wanted = Array(typed.unicodeScalars)
    let indices = Array(text.indices)
    var isInRun = false
    for start in indices.indices {
      let initial = initial(at: indices[start])
      defer { isInRun = initial != nil }
      // Initials find names by the beginning of a run of syllables.
      guard initial != nil, !isInRun, start + wanted.count <= indices.count else { continue }
      let matches = wanted.indices.allSatisfy {
        self.initial(at: indices[start + $0]) == wanted[$0]
      }
      guard matches else { continue }
      let end = start + wanted.count
      ranges.append(indices[start]..<(end < indices.count ? indices[end] : text.endIndex))
    }
  }

  private func initial(at index: String.Index) -> Unicode.Scalar? {
    // A syllable may stand in the text as one character of several jamo.
    var composed: [UInt8] = []
    TextNormalization.appendComposed(text[index], to: &composed)
    let scalars = String(decoding: composed, as: UTF8.self).unicodeScalars
    return scalars.count == 1 ? scalars.first.flatMap(HangulInitials.initial) : nil
  }

  private var isStemmed: Bool { field != .name && field != .directory }
}
