/// The runs of typed text, cut and folded as those of a record are.
struct QueryPieces {
  struct Piece {
    /// Folded and cut to the term limit; an East Asian run is whole.
    var text: String
    /// The parts of a word that shows borders, folded; one for any other word.
    var parts: [String]
    var isEastAsian: Bool
  }

  /// At most ``TermLimits/maximumShortFieldRunCount``.
  private(set) var runs: [Piece] = []

  /// The runs written together, as a name's joined form is; nil for fewer than two runs, and
  /// where one is East Asian.
  var joined: String? {
    guard runs.count > 1, !runs.contains(where: \.isEastAsian) else { return nil }
    return Self.cut(runs.map(\.text).joined())
  }

  init(_ text: String) {
    runs = TextNormalization.withComposedUTF8(text) { bytes in
      var runs: [Piece] = []
      var scanner = RunScanner(bytes)
      var ends: [Int] = []
      while runs.count < TermLimits.maximumShortFieldRunCount, let run = scanner.next() {
        runs.append(Self.piece(run, of: bytes, ends: &ends))
      }
      return runs
    }
  }

  private static func piece(
    _ run: Run, of bytes: UnsafeBufferPointer<UInt8>, ends: inout [Int]
  ) -> Piece {
    if run.kind == .eastAsian {
      let scalars = String(decoding: bytes[run.start..<run.end], as: UTF8.self).unicodeScalars
      let text = String(
        String.UnicodeScalarView(scalars.prefix(TermLimits.maximumShortFieldRunCount)))
      return Piece(text: text, parts: [text], isEastAsian: true)
    }
    NameSplitter.split(run, of: bytes, into: &ends)
    var start = run.start
    var parts: [String] = []
    for end in ends {
      parts.append(folded(bytes, start, end))
      start = end
    }
    return Piece(text: folded(bytes, run.start, run.end), parts: parts, isEastAsian: false)
  }

  private static func folded(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int
  ) -> String {
    var folded: [UInt8] = []
    let limit = min(end, start + TermLimits.maximumUnfoldedByteCount)
    TextNormalization.appendFolded(
      UnsafeBufferPointer(rebasing: bytes[start..<limit]), to: &folded)
    return cut(String(decoding: folded, as: UTF8.self))
  }

  /// Cut to the limit of a term, on a character's border.
  static func cut(_ text: String) -> String {
    guard text.utf8.count > TermLimits.maximumByteCount else { return text }
    let bytes = Array(text.utf8)
    var end = TermLimits.maximumByteCount
    while bytes[end] & 0xC0 == 0x80 { end -= 1 }
    return String(decoding: bytes[..<end], as: UTF8.self)
  }
}
