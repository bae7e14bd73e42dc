/// How far two words are apart in typing mistakes: letters left out, put in, exchanged for another,
/// or swapped with the next ("optimal string alignment", the restricted Damerau-Levenshtein
/// distance). Hangul is compared by its letters (jamo), as it is typed.
public enum SpellingDistance {
  /// The letters of a word for comparing: its scalars, Hangul syllables taken apart.
  public static func letters(_ word: String) -> [UInt32] {
    var letters: [UInt32] = []
    letters.reserveCapacity(word.utf8.count)
    for scalar in word.unicodeScalars { append(scalar, to: &letters) }
    return letters
  }

  /// - Parameter limit: the largest distance that matters.
  /// - Returns: nil when the distance is larger than `limit`.
  public static func between(_ left: [UInt32], _ right: [UInt32], limit: Int) -> Int? {
    var rows = Rows(width: right.count + 1)
    return between(left, right[...], limit: limit, rows: &rows)
  }

  /// Three rows of the table of distances, kept between comparisons.
  struct Rows {
    var beforeLast: [Int] = []
    var last: [Int] = []
    var current: [Int] = []

    init(width: Int) { grow(to: width) }

    mutating func grow(to width: Int) {
      guard last.count < width else { return }
      let more = repeatElement(0, count: width - last.count)
      beforeLast += more
      last += more
      current += more
    }
  }

  static func between(
    _ left: [UInt32], _ right: ArraySlice<UInt32>, limit: Int, rows: inout Rows
  ) -> Int? {
    guard abs(left.count - right.count) <= limit else { return nil }
    rows.grow(to: right.count + 1)
    let right = Array(right)
    for column in 0...right.count { rows.last[column] = column }
    for row in 0..<left.count {
      rows.current[0] = row + 1
      var smallest = row + 1
      for column in 0..<right.count {
        let isSame = left[row] == right[column]
        var cost = min(
          rows.last[column] + (isSame ? 0 : 1), rows.last[column + 1] + 1,
          rows.current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1],
          left[row - 1] == right[column]
        {
          cost = min(cost, rows.beforeLast[column - 1] + 1)
        }
        rows.current[column + 1] = cost
        smallest = min(smallest, cost)
      }
      // A later row can only go back below by the swap, which costs one more than two rows up.
      if smallest > limit + 1 { return nil }
      swap(&rows.beforeLast, &rows.last)
      swap(&rows.last, &rows.current)
    }
    let distance = rows.last[right.count]
    return distance <= limit ? distance : nil
  }

  private static func append(_ scalar: Unicode.Scalar, to letters: inout [UInt32]) {
    guard (0xAC00...0xD7A3).contains(scalar.value) else {
      letters.append(scalar.value)
      return
    }
    let index = scalar.value - 0xAC00
    letters.append(0x1100 + index / (21 * 28))
    letters.append(0x1161 + index / 28 % 21)
    if index % 28 > 0 { letters.append(0x11A7 + index % 28) }
  }
}
