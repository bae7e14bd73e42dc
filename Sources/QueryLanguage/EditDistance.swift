/// Nearness of short words, for suggestions.
enum EditDistance {
  /// Whether one letter added, left out or changed, or two neighbours swapped, makes `left` into
  /// `right`. Equal words are not one step apart.
  static func isOneStep(from left: String, to right: String) -> Bool {
    let left = Array(left.unicodeScalars)
    let right = Array(right.unicodeScalars)
    guard abs(left.count - right.count) <= 1, left != right else { return false }
    let start = zip(left, right).prefix { $0 == $1 }.count
    let leftRest = left[start...]
    let rightRest = right[start...]
    if left.count < right.count { return leftRest.elementsEqual(rightRest.dropFirst()) }
    if left.count > right.count { return leftRest.dropFirst().elementsEqual(rightRest) }
    if leftRest.dropFirst().elementsEqual(rightRest.dropFirst()) { return true }
    return leftRest.count >= 2
      && left[start] == right[start + 1] && left[start + 1] == right[start]
      && leftRest.dropFirst(2).elementsEqual(rightRest.dropFirst(2))
  }
}
