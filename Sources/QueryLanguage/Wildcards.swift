import SearchModel

/// Words with stars.
enum Wildcards {
  /// - `word`: a word; `pre*`: a prefix; `*inside*` and `*end`: an infix.
  /// - `*.pdf`, or such an end after other pieces: the file name's extension.
  /// - `re*port*2024`: each piece must be found, the first at a word's start.
  ///
  /// - Returns: nil for stars alone.
  static func query(of text: String, field: Field?) -> Query? {
    let scalars = Array(text.unicodeScalars)
    let pieces = scalars.split(whereSeparator: Symbols.isStar).map(Symbols.string)
    guard let last = pieces.last, let first = scalars.first, let final = scalars.last else {
      return nil
    }
    let startsOpen = Symbols.isStar(first)
    let endsOpen = Symbols.isStar(final)
    if !startsOpen, !endsOpen, pieces.count == 1 { return .word(text, field: field) }

    var parts: [Query] = []
    for (index, piece) in pieces.enumerated() {
      if index == 0, !startsOpen {
        parts.append(.prefix(piece, field: field))
      } else if index == pieces.count - 1, !endsOpen, let name = fileExtension(last) {
        parts.append(.filter(.fileExtension(name)))
      } else {
        parts.append(.infix(piece, field: field))
      }
    }
    return .conjunction(parts)
  }

  /// The name of an extension written with its dot.
  private static func fileExtension(_ piece: String) -> String? {
    let scalars = piece.unicodeScalars
    guard scalars.first == ".", 2...11 ~= scalars.count,
      scalars.dropFirst().allSatisfy({
        $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0))
      })
    else { return nil }
    return Symbols.string(scalars.dropFirst())
  }
}
