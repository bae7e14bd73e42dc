import Node
import Protocol
import SearchModel

/// What an answer covers, in words.
struct CoverageWording {
  let coverage: SearchCoverage

  init(_ coverage: SearchCoverage) {
    self.coverage = coverage
  }

  /// Nothing where everybody knows what was searched: a machine by itself has its own files.
  ///
  /// - Parameter explains: whether each virtual server is listed.
  func lines(explains: Bool) -> [String] {
    var lines: [String] = []
    switch coverage.scope {
    case .ownFiles:
      guard let shortfall = coverage.shortfall else { return [] }
      return ["Only this machine's own files were searched. " + shortfall]
    case .group:
      lines.append(
        "Searched \(Wording.count(coverage.recordCount, "file")) of this machine's group\(time).")
    case .network:
      if let servers = coverage.servers { lines.append(summary(servers)) }
    }
    let incomplete = coverage.incompleteNodes.count
    if incomplete > 0 {
      lines.append("Not all files of \(Wording.count(incomplete, "machine")) are in yet.")
    }
    if let shortfall = coverage.shortfall { lines.append(shortfall) }
    if let servers = coverage.servers {
      if !servers.isExact {
        lines.append("Not all that was counted has answered, so the order is not exact.")
      }
      if explains { lines += servers.servers.map(line) + rest(servers) }
    }
    return lines
  }

  private var time: String {
    coverage.servers.map { " in \(Self.milliseconds($0.elapsed))" } ?? ""
  }

  /// `searched 12 of 41 virtual servers (27 proven empty, 2 did not answer in time) in 84 ms`
  private func summary(_ servers: CascadeCoverage) -> String {
    let completeness = servers.completeness
    var others: [String] = []
    func add(_ outcome: Completeness.Outcome, _ words: String) {
      let count = completeness.count(of: outcome)
      if count > 0 { others.append("\(Wording.grouped(count)) \(words)") }
    }
    add(.pruned, "proven empty")
    add(.notNeeded, "not needed")
    add(.timedOut, "did not answer in time")
    add(.unreachable, "could not be reached")
    add(.refused, "refused")
    let list = others.isEmpty ? "" : " (\(others.joined(separator: ", ")))"
    let answered = Wording.grouped(completeness.count(of: .answered))
    return "Searched \(answered) of "
      + "\(Wording.count(completeness.count, "virtual server"))\(list)\(time)."
  }

  private func line(_ server: CascadeCoverage.Server) -> String {
    var line = "  ring \(server.ring)  group \(server.group)"
    if !server.host.isEmpty { line += " at \(server.host)" }
    if !server.band.isEmpty { line += ", band \(server.band)" }
    line += ": " + Self.words(server.outcome)
    if let roundTrip = server.roundTrip, server.outcome == .answered {
      line += " in " + Self.milliseconds(roundTrip)
    }
    if server.messageCount > 0 {
      line += ", " + Wording.count(server.messageCount, "message")
    }
    if let reason = server.reason { line += ". " + reason }
    return line
  }

  private func rest(_ servers: CascadeCoverage) -> [String] {
    let completeness = servers.completeness
    guard completeness.restCount > 0 else { return [] }
    let why =
      completeness.restOutcome == .timedOut
      ? "The deadline came before they were asked." : "The page was full before they were asked."
    return ["  " + Wording.count(completeness.restCount, "virtual server") + " farther out. " + why]
  }

  private static func words(_ outcome: Completeness.Outcome) -> String {
    switch outcome {
    case .answered: "answered"
    case .pruned: "proven empty"
    case .notNeeded: "not needed"
    case .timedOut: "did not answer in time"
    case .unreachable: "could not be reached"
    case .refused: "left out"
    }
  }

  private static func milliseconds(_ time: Double) -> String {
    Wording.decimal(time, places: time < 10 ? 1 : 0) + " ms"
  }
}
