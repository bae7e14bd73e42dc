import SearchModel

/// Short records as a shared tree has them, the same for the same number and seed: a file name of
/// two to four words in the ways that people write them, a folder two to five deep with about fifty
/// files in it, a title of six words and six keywords. Words follow Zipf's law.
struct SyntheticRecords {
  private var generator: SplitMix
  private let words: [String]
  /// Cumulative weights of the words.
  private let weights: [Double]
  private let folders: [String]
  private var count = 0

  static let vocabularySize = 60_000

  init(expectedCount: Int, seed: UInt64 = 7) {
    var generator = SplitMix(state: seed)
    let words = Self.vocabulary(using: &generator)
    var sum = 0.0
    let weights = words.indices.map { rank in
      sum += 1 / (Double(rank) + 10)
      return sum
    }
    var folders: [String] = []
    for _ in 0..<max(1, expectedCount / 50) {
      let depth = generator.number(in: 2...5)
      let names = (0..<depth).map { _ in Self.word(words, weights, &generator) }
      folders.append(names.joined(separator: "/"))
    }
    self.words = words
    self.weights = weights
    self.folders = folders
    self.generator = generator
  }

  /// The word with this rank; 0 is the most frequent.
  func word(rank: Int) -> String { words[rank] }

  mutating func next() -> Record {
    count += 1
    let nameWords = someWords(generator.number(in: 2...4))
    let stem =
      switch generator.number(in: 0...3) {
      case 0: nameWords.joined(separator: "_")
      case 1: nameWords.map(\.capitalizedWord).joined()
      case 2: nameWords.joined(separator: "-") + "_v\(generator.number(in: 1...9))"
      default: nameWords.joined(separator: " ") + " \(generator.number(in: 2000...2026))"
      }
    return Record(
      key: RecordKey(Self.key(count))!,
      filename: stem + "." + Self.extensions[generator.number(in: 0...7)],
      directory: folders[generator.number(in: 0...folders.count - 1)],
      size: Int64(generator.number(in: 100...100_000_000)),
      modified: 1_600_000_000 + Int64(generator.number(in: 0...100_000_000)),
      title: someWords(6).joined(separator: " ").capitalizedWord, keywords: someWords(6))
  }

  mutating func batch(_ size: Int) -> [Record] { (0..<size).map { _ in next() } }

  private static let extensions = ["pdf", "txt", "jpg", "docx", "mp3", "md", "swift", "png"]

  /// Sixteen characters without order, as the catalog makes them.
  private static func key(_ number: Int) -> String {
    var generator = SplitMix(state: UInt64(number))
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    return String((0..<16).map { _ in alphabet[generator.number(in: 0...63)] })
  }

  private mutating func someWords(_ count: Int) -> [String] {
    (0..<count).map { _ in Self.word(words, weights, &generator) }
  }

  private static func word(
    _ words: [String], _ weights: [Double], _ generator: inout SplitMix
  ) -> String {
    let target = generator.fraction() * weights[weights.count - 1]
    var (low, high) = (0, weights.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if weights[middle] < target { low = middle + 1 } else { high = middle }
    }
    return words[low]
  }

  /// Words that read like words and that no stemmer changes.
  private static func vocabulary(using generator: inout SplitMix) -> [String] {
    let syllables = [
      "ka", "ro", "mi", "ta", "lo", "san", "bor", "gu", "no", "vi", "pa", "dor", "li", "sta", "kon",
      "ru", "zu", "mo", "ba", "lam", "ko", "pro",
    ]
    var words: [String] = []
    var seen: Set<String> = []
    while words.count < vocabularySize {
      let word = (0..<generator.number(in: 2...4)).map { _ in
        syllables[generator.number(in: 0...syllables.count - 1)]
      }.joined()
      if seen.insert(word).inserted { words.append(word) }
    }
    return words
  }
}

/// A small generator whose sequence is the same everywhere (Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators", 2014).
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }

  mutating func number(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  /// From 0 up to and without 1.
  mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }
}

extension String {
  fileprivate var capitalizedWord: String { prefix(1).uppercased() + dropFirst() }
}
