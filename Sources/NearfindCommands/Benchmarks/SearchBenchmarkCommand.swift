import ArgumentParser
import Foundation
import SearchModel
import XapianEngine

/// `nearfind benchmark search`.
struct SearchBenchmarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Top-10 searches of synthetic records: this engine and plain Xapian.",
    discussion: """
      Plain Xapian searches the same parts for the same terms with its own matcher and BM25, and \
      reads the hits' data. Every query runs several times on each side in turn; the figures are \
      medians, in milliseconds. In the columns "cold" each search is the first after this engine \
      has opened the index, with nothing of it in the process's memory; plain Xapian opens it anew \
      for every search.
      """
  )

  @Option(help: "How many records to search.")
  var records = 1_000_000

  @Option(help: "How many different queries of each kind.")
  var queries = 20

  @Option(help: "How often each query runs on each side.")
  var repetitions = 5

  @Option(help: "Only the kinds of queries whose name holds this.")
  var only: String?

  @OptionGroup var options: BenchmarkOptions

  func validate() throws {
    guard records > 0, queries > 0, repetitions > 0 else {
      throw ValidationError("--records, --queries and --repetitions must be at least 1.")
    }
  }

  func run() async throws {
    let folder = try ScratchFolder(in: options.scratch)
    let engine = try XapianEngine(directory: folder.path("index"), access: .writing)
    for batch in IndexBenchmarkCommand.batches(records) {
      try await engine.apply(batch.map(RecordChange.put))
    }
    try await engine.commit(notes: [:])
    var report = BenchmarkReport(
      title: "Searching \(records) records, ten best hits",
      columns: ["cold ms", "cold ratio", "nearfind ms", "xapian ms", "ratio"])
    let synthetic = SyntheticRecords(expectedCount: records)
    for kind in Kind.allCases where only.map(kind.rawValue.contains) ?? true {
      report.add(kind.rawValue, try await measure(kind, engine, synthetic))
    }
    report.notes = [
      "ratio: nearfind's time to plain Xapian's; below 1 is faster.",
      "Opening the index took \(try await openingTime(engine)) ms, before the first search.",
    ]
    try options.print(report)
  }

  /// Kinds of queries by how frequent their words are: ranks of the vocabulary, 0 the most frequent.
  private enum Kind: String, CaseIterable {
    case oneRareWord = "one rare word"
    case oneCommonWord = "one common word"
    case twoWords = "two words, all"
    case threeWords = "three words, all"
    case twoCommonWords = "two common words, all"
    case eitherCommonWord = "two common words, any"
    case anyOfThree = "three words, any"
    case prefix = "prefix of five letters"
    case phrase = "phrase of two common words"

    var wordCount: Int {
      switch self {
      case .oneRareWord, .oneCommonWord, .prefix: 1
      case .twoWords, .twoCommonWords, .eitherCommonWord, .phrase: 2
      case .threeWords, .anyOfThree: 3
      }
    }

    var firstRank: Int {
      switch self {
      case .oneRareWord: 5_000
      case .twoWords, .threeWords, .anyOfThree: 60
      case .oneCommonWord, .twoCommonWords, .eitherCommonWord, .prefix, .phrase: 0
      }
    }

    func query(_ words: [String]) -> Query {
      switch self {
      case .eitherCommonWord, .anyOfThree: .any(words.map { .word($0, field: nil) })
      case .prefix: .prefix(words[0], field: nil)
      case .phrase: .phrase(words.joined(separator: " "), field: nil)
      default: .all(words.map { .word($0, field: nil) })
      }
    }

    /// Nil where plain Xapian has nothing to compare: the index keeps no positions of these fields.
    var plain: PlainXapian.QueryKind? {
      switch self {
      case .eitherCommonWord, .anyOfThree: .any
      case .prefix: .prefix
      case .phrase: nil
      default: .all
      }
    }
  }

  private func measure(
    _ kind: Kind, _ engine: XapianEngine, _ synthetic: SyntheticRecords
  ) async throws -> [String: Double] {
    var (cold, ours, theirs): ([Double], [Double], [Double]) = ([], [], [])
    for number in 0..<queries {
      var words = (0..<kind.wordCount).map {
        synthetic.word(rank: kind.firstRank + number + $0 * 23)
      }
      if kind == .prefix { words[0] = String(words[0].prefix(5)) }
      let request = SearchRequest(query: kind.query(words))
      var (first, mine, plain): ([Double], [Double], [Double]) = ([], [], [])
      for _ in 0..<repetitions {
        let opened = try XapianEngine(directory: engine.directory, access: .reading)
        first.append(try await milliseconds(of: request, opened))
        mine.append(try await milliseconds(of: request, engine))
        guard let plainKind = kind.plain else { continue }
        let (seconds, _) = try PlainXapian.search(
          index: engine.directory, kind: plainKind, terms: words, limit: 10)
        plain.append(seconds * 1_000)
      }
      cold.append(first.median)
      ours.append(mine.median)
      theirs.append(plain.median)
    }
    guard kind.plain != nil else {
      return ["cold ms": cold.median, "nearfind ms": ours.median]
    }
    return [
      "cold ms": cold.median, "cold ratio": zip(cold, theirs).map { $0 / $1 }.median,
      "nearfind ms": ours.median, "xapian ms": theirs.median,
      "ratio": zip(ours, theirs).map { $0 / $1 }.median,
    ]
  }

  private func milliseconds(
    of request: SearchRequest, _ engine: XapianEngine
  ) async throws -> Double {
    try await Measurement.of { _ = try await engine.search(request) }.seconds * 1_000
  }

  /// The median over some openings, in milliseconds, as text.
  private func openingTime(_ engine: XapianEngine) async throws -> String {
    var times: [Double] = []
    for _ in 0..<50 {
      let measurement = try await Measurement.of {
        _ = try XapianEngine(directory: engine.directory, access: .reading)
      }
      times.append(measurement.seconds * 1_000)
    }
    return String(format: "%.2f", times.median)
  }
}
