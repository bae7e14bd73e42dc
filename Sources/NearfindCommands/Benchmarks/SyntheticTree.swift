import Foundation

/// A tree of small text files, which need no helper program to be read: 100 in each folder.
struct SyntheticTree {
  let root: String
  private(set) var fileCount = 0
  private var records: SyntheticRecords

  /// - Parameter expectedCount: how many files it is going to have.
  init(root: String, expectedCount: Int) {
    self.root = root
    records = SyntheticRecords(expectedCount: expectedCount)
  }

  /// Adds files until there are so many.
  mutating func grow(to count: Int) throws {
    while fileCount < count {
      let number = fileCount
      let folder = "\(root)/\(number / 5_000)/\(number / 100)"
      if number % 100 == 0 {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      }
      let stem = (records.next().filename as NSString).deletingPathExtension
      let name = "\(number)-\(stem).txt"
      guard FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: Data(name.utf8))
      else { throw CommandFailure.failed("\(folder)/\(name) cannot be made.") }
      fileCount += 1
    }
  }
}
