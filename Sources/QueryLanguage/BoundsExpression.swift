/// What may stand behind `size:` and `date:`, before either end is read.
enum BoundsExpression: Equatable {
  /// `>10M`; the sign is one of `>`, `>=`, `<`, `<=`.
  case comparison(Comparison, String)
  /// `1M..2M`; nil for an open end.
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
    let scalars = Array(text.unicodeScalars)
    for index in scalars.indices.dropLast()
    where scalars[index] == "." && scalars[index + 1] == "." {
      let lower = Symbols.string(scalars[..<index])
      let upper = Symbols.string(scalars[(index + 2)...])
      self = .range(lower.isEmpty ? nil : lower, upper.isEmpty ? nil : upper)
      return
    }
    self = .single(text)
  }
}
