import SearchModel

/// What an index tells of its terms, as fingerprints: the counterpart of ``TermQuery/requirement``.
/// Feed it every term of the index but the keys, in any order.
public struct IndexVocabulary {
  /// The namespaces whose terms a requirement can name: initials and conditions. Terms without a
  /// namespace are words, and all of them count.
  public static let namespaces = [HangulInitials.termPrefix] + FilterTerms.namespaces

  private var terms: [TermFingerprint] = []
  /// Those of ASCII, which are most, as a bitmap by their three times seven bits.
  private var asciiTrigrams = [UInt64](repeating: 0, count: 1 << 15)
  private var otherTrigrams: Set<TermFingerprint> = []

  public init() {}

  /// Takes a term in.
  public mutating func insert(_ term: UnsafeBufferPointer<UInt8>) {
    terms.append(Self.fingerprint(of: term))
    let first = term.first ?? 0
    if Self.isNamespace(first), first != HangulInitials.termPrefix { return }
    Self.forEachTrigram(of: term) { trigram in
      // The bytes of a damaged index may be no UTF-8, and their three scalars three bytes of any kind.
      if trigram.count == 3, trigram[0] | trigram[1] | trigram[2] < 0x80 {
        let place = Int(trigram[0]) << 14 | Int(trigram[1]) << 7 | Int(trigram[2])
        asciiTrigrams[place >> 6] |= 1 << UInt64(place & 63)
      } else {
        otherTrigrams.insert(TermFingerprint(trigram: trigram))
      }
    }
  }

  public mutating func insert(_ term: String) {
    var term = term
    term.withUTF8 { insert($0) }
  }

  /// The fingerprints of what was taken in, for the revision that it was read from.
  public func fingerprints(of revision: Revision) -> TermFingerprints {
    var all = terms
    all += otherTrigrams
    for place in 0..<(1 << 21) where asciiTrigrams[place >> 6] >> (place & 63) & 1 == 1 {
      let bytes = [UInt8(place >> 14), UInt8(place >> 7 & 127), UInt8(place & 127)]
      all.append(bytes.withUnsafeBytes { TermFingerprint(trigram: $0) })
    }
    return TermFingerprints(revision: revision, all)
  }

  // MARK: What the requirement of a query shares

  static func isNamespaced(_ text: String) -> Bool { isNamespace(text.utf8.first ?? 0) }

  /// Whether terms that begin like this text are among those taken in.
  static func holds(namespaceOf text: String) -> Bool {
    !isNamespaced(text) || namespaces.contains(text.utf8.first ?? 0)
  }

  /// Whether the trigrams of terms that begin like this text are.
  static func hasTrigrams(namespaceOf text: String) -> Bool {
    !isNamespaced(text) || text.utf8.first == HangulInitials.termPrefix
  }

  static func fingerprint(of term: String) -> TermFingerprint {
    var term = term
    return term.withUTF8 { fingerprint(of: $0) }
  }

  /// Folding can take a text out of NFC (`Ϊ́` and `ΐ` fold to different bytes), and engines may
  /// compare terms as strings, which are equal when they look alike. So what looks alike has one
  /// fingerprint, for whatever an engine does.
  static func fingerprint(of term: UnsafeBufferPointer<UInt8>) -> TermFingerprint {
    if term.allSatisfy({ $0 < 0x80 }) { return TermFingerprint(term: UnsafeRawBufferPointer(term)) }
    return TextNormalization.withComposedUTF8(String(decoding: term, as: UTF8.self)) {
      TermFingerprint(term: UnsafeRawBufferPointer($0))
    }
  }

  /// Calls `body` with the bytes of every three Unicode scalars in a row; never for a shorter text.
  static func forEachTrigram(
    of text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeRawBufferPointer) -> Void
  ) {
    // The offsets at which the last three scalars begin, oldest first.
    var (first, second, third) = (-1, -1, -1)
    for offset in 0...text.count where offset == text.count || text[offset] & 0xC0 != 0x80 {
      if first >= 0 {
        body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: text[first..<offset])))
      }
      (first, second, third) = (second, third, offset)
    }
  }

  private static func isNamespace(_ byte: UInt8) -> Bool {
    UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
  }
}
