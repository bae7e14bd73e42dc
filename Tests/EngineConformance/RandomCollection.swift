import SearchModel
import TestSupport

/// Records as people have them: few common words and many rare ones, English, Korean and mixed
/// names, several words in several fields, copies of the same content.
struct RandomCollection {
  static let words = [
    "report", "보고서", "photo", "invoice", "plan", "사진", "project", "draft", "final", "회의",
    "meeting", "reports", "reporting", "budget", "예산", "music", "IMG", "v2", "2024", "notes",
    "계약서", "summer", "여름", "holiday", "바다", "바다에서", "code", "main", "README", "test",
    "테스트", "données", "Straße", "naïve", "ProjectPlan", "e-mail", "C++", "日本語", "東京", "a", "x",
    "the", "of", "in", "running", "runner", "run", "한글", "한국어", "ㅎㄱ", "2024-06-15", "IPv6",
  ]

  static let extensions = ["pdf", "PDF", "txt", "jpg", "docx", "swift", "tar.gz", "hwp", "", "xyz"]
  static let folders = [
    "", "work", "work/2024", "Work/2023", "photos/여름 2024", "a/b/c", "사진", "src/main",
  ]
  static let owners = ["kim", "jeon", "정", "Anna", ""]

  static func key(_ number: Int) -> RecordKey {
    guard let key = RecordKey("k\(number)") else { preconditionFailure("A short key is valid.") }
    return key
  }

  static func record(_ number: Int, using generator: inout SeededGenerator) -> Record {
    let separator = generator.one(of: [" ", "_", "-", ".", ""])
    var name = phrase(1...3, separator: separator, using: &generator)
    let ending = generator.one(of: extensions)
    if !ending.isEmpty { name += "." + ending }
    return Record(
      key: key(number), filename: name, directory: generator.one(of: folders),
      size: Int64(generator.number(in: 0...20)) * 1_000,
      modified: Int64(generator.number(in: -10...60)) * 40_000_000,
      title: generator.chance(40) ? phrase(1...4, using: &generator) : "",
      keywords: (0..<generator.number(in: 0...3)).map { _ in phrase(1...2, using: &generator) },
      text: generator.chance(60) ? phrase(1...30, using: &generator) : "",
      contentHash: generator.chance(50) ? hash(generator.number(in: 0...15)) : nil,
      owner: Owner(userSerialID: 1, userID: generator.one(of: owners)))
  }

  static func hash(_ number: Int) -> ContentHash? {
    ContentHash(bytes: Array(repeating: UInt8(number), count: ContentHash.byteCount))
  }

  static func phrase(
    _ count: ClosedRange<Int>, separator: String = " ", using generator: inout SeededGenerator
  ) -> String {
    (0..<generator.number(in: count)).map { _ in generator.zipfian(words) }
      .joined(separator: separator)
  }

  /// Puts of new and known records, and removals, some of keys that do not exist.
  static func batch(
    size: Int, keyRange: ClosedRange<Int>, using generator: inout SeededGenerator
  ) -> [RecordChange] {
    (0..<size).map { _ in
      let number = generator.number(in: keyRange)
      return generator.chance(12)
        ? .remove(key(number)) : .put(record(number, using: &generator))
    }
  }
}
