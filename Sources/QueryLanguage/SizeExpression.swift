import Foundation
import SearchModel

/// `>10M`, `<=1.5GiB`, `500k`, `1M..2M`.
///
/// Units are powers of 1000 (`k M G T P`, also `kB`) or of 1024 (`Ki Mi …`, also `KiB`), of either
/// case. A size alone means what rounds to it at the last digit written: `10M` is 9.5 to 10.5 MB,
/// `1.5G` is 1.45 to 1.55 GB, and without a unit the number of bytes exactly. The ends of a range
/// and the numbers after signs are exact, and ranges hold both their ends.
enum SizeExpression {
  /// - Parameter text: narrowed.
  static func filter(_ text: String, at range: Range<Int>) throws(Fault) -> Filter {
    func size(_ part: String) throws(Fault) -> Size {
      guard let size = Size(part) else { throw Fault(.invalidSize(text), range) }
      return size
    }
    let minimum: Int64?
    let maximum: Int64?
    switch BoundsExpression(text) {
    case .comparison(.above, let part):
      // Nothing is above the largest size, and the range below says so.
      let bytes = try size(part).bytes
      guard bytes < .max else { throw Fault(.emptyRange(text), range) }
      (minimum, maximum) = (bytes + 1, nil)
    case .comparison(.atLeast, let part): (minimum, maximum) = (try size(part).bytes, nil)
    case .comparison(.below, let part): (minimum, maximum) = (nil, try size(part).bytes - 1)
    case .comparison(.atMost, let part): (minimum, maximum) = (nil, try size(part).bytes)
    case .range(nil, nil): throw Fault(.invalidSize(text), range)
    case .range(let lower, let upper):
      minimum = if let lower { try size(lower).bytes } else { nil }
      maximum = if let upper { try size(upper).bytes } else { nil }
    case .single(let part):
      let size = try size(part)
      let (below, overflows) = size.bytes.addingReportingOverflow(size.halfDigit)
      minimum = size.bytes - size.halfDigit
      maximum = overflows ? .max : max(size.bytes, below - (size.halfDigit > 0 ? 1 : 0))
    }
    guard (minimum ?? 0) <= (maximum ?? .max) else { throw Fault(.emptyRange(text), range) }
    return .size(minimum: minimum, maximum: maximum)
  }

  private struct Size {
    var bytes: Int64
    /// Half of what one in the last written digit stands for; 0 for bytes.
    var halfDigit: Int64

    /// - Returns: nil for what is not a number with a unit, and for more than 2^63 - 1 bytes.
    init?(_ text: String) {
      let number = text.prefix { $0.isASCII && $0.isNumber || $0 == "." }
      let digits = number.split(separator: ".", omittingEmptySubsequences: false)
      guard let whole = digits.first, !whole.isEmpty, whole.count <= 19, digits.count <= 2,
        let unit = Self.unit(text[number.endIndex...].lowercased())
      else { return nil }
      let fraction = digits.count == 2 ? digits[1] : ""
      guard digits.count == 1 || 1...9 ~= fraction.count, unit > 1 || digits.count == 1,
        let wholeValue = Int64(whole), let fractionValue = Int64("0" + fraction)
      else { return nil }
      let (wholeBytes, overflows) = wholeValue.multipliedReportingOverflow(by: unit)
      let parts = fraction.reduce(Int64(1)) { power, _ in power * 10 }
      // Below 10^9 parts of 2^50 bytes need more than 64 bits.
      let (high, low) = fractionValue.multipliedFullWidth(by: unit)
      let fractionBytes = parts.dividingFullWidth((high, low)).quotient
      let (sum, sumOverflows) = wholeBytes.addingReportingOverflow(fractionBytes)
      guard !overflows, !sumOverflows else { return nil }
      bytes = sum
      halfDigit = min(unit / parts / 2, sum)
    }

    private static func unit(_ name: String) -> Int64? {
      let name = name.hasSuffix("b") ? name.dropLast() : Substring(name)
      guard let letter = name.first else { return 1 }
      guard let power = "kmgtp".firstIndex(of: letter) else { return nil }
      let base: Int64
      switch name.dropFirst() {
      case "": base = 1000
      case "i": base = 1024
      default: return nil
      }
      let count = "kmgtp".distance(from: "kmgtp".startIndex, to: power) + 1
      return (0..<count).reduce(1) { unit, _ in unit * base }
    }
  }
}
