/// What may stand behind `size:` and `date:`, before either end is read.
enum BoundsExpression: Equatable {
  /// `>10M`; the sign is one of `>`, `>=`, `<`, `<=`.
  case comparison(Comparison, String)
  /// `1M..2M`, also `1M~2M`; nil for an open end.
  case range(String?, String?)
  case single(String)

  enum Comparison: String, CaseIterable {
    // The longer signs first, so that `>` does not hide `>=`.
    case atLeast = ">="
    case atMost = "<="
    case above = ">"
    case below = "<"
  }

  init(_ text: String) {
    for comparison in Comparison.allCases where text.hasPrefix(comparison.rawValue) {
      self = .comparison(comparison, String(text.dropFirst(comparison.rawValue.count)))
      return
    }
    for sign in ["..", "~"] {
      guard let place = Self.range(of: sign, in: text) else { continue }
      let (lower, upper) = (text[..<place.lowerBound], text[place.upperBound...])
      self = .range(
        lower.isEmpty ? nil : String(lower), upper.isEmpty ? nil : String(upper))
      return
    }
    self = .single(text)
  }

  /// Compared by scalars: a combining mark after the sign does not hide it.
  private static func range(of sign: String, in text: String) -> Range<String.Index>? {
    let scalars = text.unicodeScalars
    var index = scalars.startIndex
    while index != scalars.endIndex {
      if scalars[index...].starts(with: sign.unicodeScalars) {
        return index..<scalars.index(index, offsetBy: sign.unicodeScalars.count)
      }
      index = scalars.index(after: index)
    }
    return nil
  }
}
