import Cascade
import MemoryEngine
import RouterBands
import SearchModel

/// Plays a scenario: virtual servers with their files, searches, and below each search, indented,
/// what is asked and shown, and when.
///
/// ```text
/// 1 is own, 2 ms: report a, report b     # or: band, or a distance such as 20 ms away
/// 2 hangs | is dead | is honest | hangs after statistics | dies after statistics | lies | is proven empty
/// 2 publishes: report c                  # from one search to the next
/// search nearest report, 2 hits          # within 500 ms at the end
/// ```
///
/// Statistics are kept from search to search, as a coordinator keeps those of others.
struct ScenarioRunner {
  struct Problem: Error, CustomStringConvertible {
    let description: String
  }

  private var network = SimulatedNetwork(servers: [])
  private var lines: [String] = []

  /// The scenario with what happened filled in; equal to `text` if that tells the truth.
  static func play(_ text: String) async throws -> String {
    var runner = ScenarioRunner()
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("  ") { continue }
      runner.lines.append(String(line))
      let told = line.prefix { $0 != "#" }
      if !told.allSatisfy(\.isWhitespace) { try await runner.take(String(told)) }
    }
    return runner.lines.joined(separator: "\n")
  }

  private mutating func take(_ line: String) async throws {
    let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
    let words = parts[0].split { " ,".contains($0) }.map(String.init)
    let files = (parts.count > 1 ? parts[1] : "").split(separator: ",").map {
      String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
    if words[0] == "search" { return try await search(words) }
    guard let number = UInt64(words[0]), words.count > 1 else { throw unknown(line) }
    if parts.count > 1, words[1] == "is" {
      return try await add(number, Array(words.dropFirst(2)), files)
    }
    guard let index = network.servers.firstIndex(where: { $0.identifier.number == number }) else {
      throw unknown(line)
    }
    if words[1] == "publishes" {
      try await network.servers[index].engine.apply(changes(number, files))
      _ = try await network.servers[index].engine.commit(notes: [:])
      return
    }
    try change(index, words.dropFirst().joined(separator: " "))
  }

  private func unknown(_ text: String) -> Problem {
    Problem(description: "What is \"\(text)\"?")
  }

  private func changes(_ number: UInt64, _ files: [String]) -> [RecordChange] {
    files.map { .put(Record(key: RecordKey("\(number)/\($0)")!, filename: $0)) }
  }

  private mutating func add(_ number: UInt64, _ words: [String], _ files: [String]) async throws {
    let times = words.compactMap { Int($0) }
    guard let delay = times.last else { throw unknown(words.joined(separator: " ")) }
    let relation: Nearness.Relation =
      words[0] == "own" ? .ownGroup : words[0] == "band" ? .sameBand : .otherBand
    let engine = MemoryEngine()
    await engine.apply(changes(number, files))
    _ = await engine.commit(notes: [:])
    network.servers.append(
      SimulatedNetwork.Server(
        identifier: ServerIdentifier(number),
        nearness: Nearness(
          relation: relation, measured: .milliseconds(times[0]),
          distance: BandDistance(hops: relation == .otherBand ? 4 : 0), key: "\(number)"),
        engine: engine, delay: .milliseconds(delay)))
  }

  private mutating func change(_ index: Int, _ text: String) throws {
    network.servers[index].foreknowledge.proofAge = nil
    switch text {
    case "hangs": network.servers[index].conduct = .hanging
    case "is dead": network.servers[index].conduct = .dead
    case "is honest": network.servers[index].conduct = .honest
    case "hangs after statistics": network.servers[index].conduct = .silentAfterStatistics
    case "dies after statistics": network.servers[index].conduct = .dyingAfterStatistics
    case "lies": network.servers[index].conduct = .lying { $0.answer.matchCount = .exactly(-1) }
    case "is proven empty": network.servers[index].foreknowledge.proofAge = .seconds(4)
    default: throw unknown(text)
    }
  }

  private mutating func search(_ words: [String]) async throws {
    guard words.count >= 5, let scope = SearchScope(rawValue: words[1]), let limit = Int(words[3])
    else { throw unknown(words.joined(separator: " ")) }
    var limits = CascadeLimits()
    if let place = words.firstIndex(of: "within"), let time = Int(words[place + 1]) {
      limits.deadline = .milliseconds(time)
    }
    let request = SearchRequest(query: .words(words[2]), limit: limit, collapsesDuplicates: false)
    let course = try await network.search(request, scope: scope, limits: limits)
    for (time, action) in course.steps {
      lines.append("  \(Self.text(of: time))  \(Self.text(of: action))")
      if case .finish(let answer) = action { lines += Self.ending(answer) }
    }
    for (index, server) in network.servers.enumerated() {
      guard server.nearness.relation > .ownGroup,
        let statistics = course.statistics[server.identifier]
      else { continue }
      network.servers[index].foreknowledge.statistics = statistics
    }
  }

  private static func text(of time: Duration) -> String {
    let (seconds, attoseconds) = time.components
    return "\(seconds * 1_000 + attoseconds / 1_000_000_000_000_000) ms"
  }

  private static func text(of action: CascadeAction) -> String {
    switch action {
    case .askStatistics(_, let server): "ask \(server) for statistics"
    case .askMatches(_, let server, let request, _):
      "ask \(server) for matches by \(request.statistics?.documentCount ?? 0) records"
    case .cancel: "a question is given up"
    case .improve(let answer): "show \(page(answer))"
    case .finish(let answer): "end with \(page(answer))"
    }
  }

  private static func page(_ answer: CascadeAnswer) -> String {
    let names = answer.hits.map { hit in
      "\(hit.hit.record.filename) (\(hit.origins[hit.hit.record.key]?.description ?? "?"))"
    }
    return names.isEmpty ? "nothing" : names.joined(separator: ", ")
  }

  private static func ending(_ answer: CascadeAnswer) -> [String] {
    var lines = answer.reports.map { report in
      "    \(report.identifier) in ring \(report.ring): \(report.outcome.rawValue)"
        + (report.reason.map { " (\($0))" } ?? "")
    }
    let completeness = answer.completeness
    if completeness.restCount > 0 {
      lines.append("    \(completeness.restCount) more: \(completeness.restOutcome.rawValue)")
    }
    if !answer.isExact { lines.append("    the weights are not exact") }
    return lines
  }
}
