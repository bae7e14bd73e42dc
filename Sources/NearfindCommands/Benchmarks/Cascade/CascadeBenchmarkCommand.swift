import ArgumentParser
import Foundation

/// `nearfind benchmark cascade`.
struct CascadeBenchmarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cascade",
    abstract: "Searches of many virtual servers: what they take and send.",
    discussion: """
      The virtual servers run in this process, each with an index of its own, and talk over mutual \
      TLS on 127.0.0.1. A node searches through the first of them. "first ms" is the time to the \
      first answer, that of the own group, "local ms" a search of the same index without a network. \
      p50 and p99 are of the whole answer, for queries that were asked before; "new ms" is the \
      median of the first time. "cpu ms" is the processor time of all of them together: two \
      quiet processors take half of it. "trips" are the requests to each virtual server that was asked, \
      "kB" what goes through the ports of all but the first, encryption included.

      With --simulated the network grows from 10 to 100000 virtual servers that the program's own \
      placement makes and its own cascade searches; the virtual servers' answers and the time are \
      invented, the same for the same seed.

      EXAMPLES:
        nearfind benchmark cascade --virtual-servers 100 --records 10000
        nearfind benchmark cascade --simulated --svg cascade.svg
      """
  )

  @Option(help: "How many virtual servers there are.")
  var virtualServers = 100

  @Option(help: "How many records each of them has.")
  var records = 10_000

  @Option(help: "How many different queries of each kind.")
  var queries = 20

  @Option(help: "How often each is repeated after the first time.")
  var repetitions = 5

  @Flag(help: "Simulate networks of growing size instead.")
  var simulated = false

  @Option(help: "With --simulated: the largest network.")
  var largest = 100_000

  @Option(
    help:
      "With --simulated: how many searches of each kind and size, each from another virtual server."
  )
  var searches = 40

  @Option(help: "With --simulated: what the network and the answers are drawn with.")
  var seed: UInt64 = 1

  @Option(help: "With --simulated: draw the figures into this file.", completion: .file())
  var svg: String?

  @OptionGroup var options: BenchmarkOptions

  func validate() throws {
    guard (2...2_000).contains(virtualServers), records > 0, queries > 0, repetitions > 0 else {
      throw ValidationError(
        "--virtual-servers goes from 2 to 2000; --records, --queries and --repetitions must be at "
          + "least 1.")
    }
    guard (10...100_000).contains(largest), searches > 0 else {
      throw ValidationError("--largest goes from 10 to 100000, and --searches from 1.")
    }
    guard svg == nil || simulated else {
      throw ValidationError("--svg draws what --simulated measures. Give both.")
    }
  }

  func run() async throws {
    if simulated { return try simulate() }
    let folder = try ScratchFolder(in: options.scratch)
    let trial = try await CascadeTrial(
      virtualServers: virtualServers, records: records, in: folder)
    let report: BenchmarkReport
    do {
      report = try await measure(trial)
    } catch {
      await trial.shutDown()
      throw error
    }
    await trial.shutDown()
    try options.print(report)
  }

  private func measure(_ trial: CascadeTrial) async throws -> BenchmarkReport {
    var report = BenchmarkReport(
      title: "\(virtualServers) virtual servers of \(records) records, ten best hits",
      columns: [
        "first ms", "local ms", "p50 ms", "p99 ms", "new ms", "cpu ms", "trips", "new trips",
        "messages", "kB", "pruned",
      ])
    let cold = try await trial.warmUp()
    var bound = FirstAnswerBound()
    var failed = 0
    for scope in ["nearest", "everywhere"] {
      for kind in CascadeQueryKind.allCases {
        let course = try await measure(kind, scope, trial)
        report.add("\(scope): \(kind.rawValue)", course.figures)
        bound.add(course)
        failed += course.failedCount
      }
    }
    let changed = try await measureAfterChanges(trial)
    report.add("everywhere: two words, all indexes changed", changed.figures)
    failed += changed.failedCount
    report.notes = [
      "first search of all, without a connection yet: \(cold.rounded()) ms",
      "first answers within 1.5 x local + 5 ms: \(bound.keptCount) of \(bound.count) queries' medians",
      "virtual servers that were asked and did not answer: \(failed)",
      "requests to anybody but virtual servers, such as the central server: "
        + "\(trial.requests.elsewhereCount) of \(trial.requests.cascadeCount)",
      "requests for filters, beside the searches: \(trial.requests.filterCount)",
      "processes that want a processor, last minute: \(Self.load)",
    ]
    return report
  }

  private func measure(
    _ kind: CascadeQueryKind, _ scope: String, _ trial: CascadeTrial
  ) async throws -> CascadeCourse {
    var course = CascadeCourse()
    for number in 0..<queries {
      // Another query in each scope, so that the first time is one.
      let query = kind.query(scope == "nearest" ? number : number + queries, words: trial.words)
      course.new.append(try await trial.search(query, scope: scope, isStrict: kind.isStrict))
      _ = try await trial.searchLocally(query, isStrict: kind.isStrict)
      var (steady, local): ([CascadeTrial.Sample], [Double]) = ([], [])
      for _ in 0..<repetitions {
        steady.append(try await trial.search(query, scope: scope, isStrict: kind.isStrict))
        local.append(try await trial.searchLocally(query, isStrict: kind.isStrict))
      }
      course.add(steady: steady, local: local)
    }
    return course
  }

  /// Statistics of every virtual server are kept, and none of them is right any more.
  private func measureAfterChanges(_ trial: CascadeTrial) async throws -> CascadeCourse {
    var course = CascadeCourse()
    for number in 0..<min(queries, 5) {
      let query = CascadeQueryKind.twoWords.query(number + queries, words: trial.words)
      try await trial.changeEveryIndex()
      let sample = try await trial.search(query, scope: "everywhere", isStrict: true)
      let local = try await trial.searchLocally(query, isStrict: true)
      course.add(steady: [sample], local: [local])
    }
    return course
  }

  private static var load: String {
    var average = 0.0
    return getloadavg(&average, 1) == 1 ? String(format: "%.1f", average) : "not known"
  }
}

/// Searches of one kind.
struct CascadeCourse {
  /// The first time of each query.
  var new: [CascadeTrial.Sample] = []
  private(set) var steady: [CascadeTrial.Sample] = []
  /// For each query the medians of the first answer and of a local search.
  private(set) var firsts: [(first: Double, local: Double)] = []

  mutating func add(steady samples: [CascadeTrial.Sample], local: [Double]) {
    steady += samples
    firsts.append((samples.map(\.first).median, local.median))
  }

  var failedCount: Int { (new + steady).reduce(0) { $0 + $1.failed } }

  var figures: [String: Double] {
    var figures = [
      "first ms": firsts.map(\.first).median, "local ms": firsts.map(\.local).median,
      "p50 ms": steady.map(\.last).median, "p99 ms": steady.map(\.last).quantile(0.99),
      "cpu ms": steady.map(\.processor).median, "trips": steady.map(\.trips).mean,
      "messages": steady.map { Double($0.messages) }.mean,
      "kB": steady.map { Double($0.bytes) / 1_000 }.mean,
      "pruned": steady.map { Double($0.pruned) }.mean,
    ]
    if !new.isEmpty {
      figures["new ms"] = new.map(\.last).median
      figures["new trips"] = new.map(\.trips).mean
    }
    return figures
  }
}

/// How many queries' first answers came about as fast as a local search.
private struct FirstAnswerBound {
  private(set) var count = 0
  private(set) var keptCount = 0

  mutating func add(_ course: CascadeCourse) {
    count += course.firsts.count
    keptCount += course.firsts.count { $0.first <= 1.5 * $0.local + 5 }
  }
}

extension Array where Element == Double {
  /// The smallest value that at least this part of all do not exceed.
  func quantile(_ part: Double) -> Double {
    let sorted = sorted()
    guard !sorted.isEmpty else { return .nan }
    let place = Int((Double(count) * part).rounded(.up)) - 1
    return sorted[Swift.min(Swift.max(0, place), count - 1)]
  }

  var mean: Double { isEmpty ? .nan : reduce(0, +) / Double(count) }
}
