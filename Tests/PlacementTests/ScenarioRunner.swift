import Placement
import RouterBands

/// Plays a scenario: lines of events, and below each, indented, what is said to whom.
///
/// ```text
/// n1 joins band 1, capacity 2   # or: up 5h at the end
/// n1 leaves | crashes | restarts | is cut off | is back
/// n1 has capacity 3
/// n1 has n2 standing by         # or: nobody
/// n1 moves to band 2
/// 12 s pass                     # everybody reports every 3 s meanwhile
/// the central server restarts
/// the tables                    # prints them
/// ```
///
/// Nodes do what they are told and report at once when that changed them. Renewals and
/// confirmations, which change nothing, are not printed.
struct ScenarioRunner {
  struct Problem: Error, CustomStringConvertible {
    let description: String
  }

  private var placement: PlacementMachine
  private var stored = Tables()
  private var time = 0.0
  private var nodes: [String: SimulatedNode] = [:]
  private var order: [String] = []
  private var lines: [String] = []

  init() {
    placement = PlacementMachine(at: Moment(milliseconds: 0))
  }

  /// The scenario with what was said filled in; equal to `text` if that tells the truth.
  static func play(_ text: String) throws -> String {
    var runner = ScenarioRunner()
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("  ") { continue }
      runner.lines.append(String(line))
      let words = line.prefix { $0 != "#" }.split { " ,".contains($0) }.map(String.init)
      if !words.isEmpty { try runner.take(words) }
    }
    return runner.lines.joined(separator: "\n")
  }

  private mutating func take(_ words: [String]) throws {
    let name = words[0]
    switch Array(words.dropFirst()) {
    case let rest where rest.starts(with: ["joins", "band"]) && rest.count >= 5:
      try join(name, rest)
    case ["leaves"]:
      nodes[name]?.sequence += 1
      guard let node = nodes[name] else { throw unknown(name) }
      nodes[name]?.crash()
      try handle(.leave(node.id, incarnation: node.incarnation, sequence: node.sequence))
    case ["crashes"]: nodes[name]?.crash()
    case ["restarts"]:
      nodes[name]?.start()
      try report(name)
    case ["is", "cut", "off"]: nodes[name]?.isCutOff = true
    case ["is", "back"]:
      nodes[name]?.isCutOff = false
      try report(name)
    case let rest where rest.starts(with: ["has", "capacity"]):
      nodes[name]?.limitCount = Int(rest[2]) ?? 0
      try report(name)
    case let rest where rest.count == 4 && rest[0] == "has" && rest[2] == "standing":
      let standby = rest[1] == "nobody" ? nil : nodes[rest[1]]?.id
      nodes[name]?.standby = standby
      try report(name)
    case let rest where rest.starts(with: ["moves", "to", "band"]):
      nodes[name]?.band = Int(rest[3]) ?? 0
      guard let node = nodes[name] else { throw unknown(name) }
      try handle(.bandChanged(node.id, band: node.bandRow))
    case ["s", "pass"]: try pass(seconds: Int(name) ?? 0)
    case ["central", "server", "restarts"]:
      placement = try PlacementMachine(restoring: stored, at: moment)
    case ["tables"]: printTables()
    default: throw Problem(description: "What is \"\(words.joined(separator: " "))\"?")
    }
  }

  private var moment: Moment { Moment(milliseconds: Int64(time)) }

  private func unknown(_ name: String) -> Problem {
    Problem(description: "\(name) has not joined.")
  }

  private mutating func join(_ name: String, _ words: [String]) throws {
    guard let band = Int(words[2]), let capacity = Int(words[4]) else {
      throw Problem(description: "\(name) \(words.joined(separator: " "))")
    }
    var node = SimulatedNode(name: name, band: band, limitCount: capacity)
    node.incarnation = nodes[name]?.incarnation ?? 0
    node.start()
    if words.count > 6 { node.startedAt -= (Int64(words[6].dropLast()) ?? 0) * 3_600_000 }
    if nodes.updateValue(node, forKey: name) == nil { order.append(name) }
    try report(name)
  }

  private mutating func report(_ name: String) throws {
    guard let node = nodes[name] else { throw unknown(name) }
    guard node.isAlive, !node.isCutOff else { return }
    let missing = node.clients.keys.sorted().filter { nodes[$0.name]?.isAlive != true }
    let report = nodes[name]!.report(at: time, missing: missing)
    try handle(node.hasJoined ? .report(report) : .join(report, band: node.bandRow))
  }

  private mutating func pass(seconds: Int) throws {
    for second in 1...max(1, seconds) {
      time += 1_000
      try handle(.tick)
      if second.isMultiple(of: 3) { for name in order { try report(name) } }
    }
  }

  private mutating func handle(_ event: Event) throws {
    let outcome = placement.handle(event, at: moment)
    for change in outcome.changes { stored.apply(change) }
    guard stored == placement.tables, placement.violations.isEmpty else {
      throw Problem(description: "\(placement.violations) after \(event)")
    }
    var reporting: [String] = []
    for message in outcome.messages {
      let name = message.node.name
      let text = Self.text(of: message.instruction)
      guard let node = nodes[name], node.isAlive, !node.isCutOff else {
        if let text { lines.append("  (\(name): \(text))") }
        continue
      }
      if let text { lines.append("  \(name): \(text)") }
      if nodes[name]!.follow(message.instruction), !reporting.contains(name) {
        reporting.append(name)
      }
    }
    for name in reporting { try report(name) }
  }

  private static func text(of instruction: Instruction) -> String? {
    switch instruction {
    case .becomeVirtualServer(let group, let epoch, let limitCount, let clients, _):
      "become the virtual server of \(group) (\(epoch)) for \(limitCount)"
        + (clients.isEmpty ? "" : ": \(clients.map(\.node.name).joined(separator: " "))")
    case .attach(let group, let epoch, let host, _): "attach to \(host) (\(group) \(epoch))"
    case .wait(let group): "wait for \(group)"
    case .detach(let group): "detach from \(group)"
    case .drain(let group, let epoch): "drain \(group) (\(epoch))"
    case .admit(let client, _): "admit \(client.node)"
    case .release(let client, _): "release \(client)"
    case .members(let clients, _):
      clients.isEmpty
        ? "you have no clients"
        : "your clients are \(clients.map(\.node.name).joined(separator: " "))"
    case .refused(let refusal): "refused: \(refusal)"
    case .renewed, .confirmed: nil
    }
  }

  private mutating func printTables() {
    for row in stored.virtualServers.values.sorted(by: { $0.group < $1.group }) {
      let clients = stored.nodes.values
        .filter { $0.group == row.group && $0.node != row.host }.map(\.node.name).sorted()
      lines.append(
        "  \(row.group) \(row.epoch) \(row.band): \(row.host) serves \(row.clientCount) of \(row.limitCount)"
          + (clients.isEmpty ? "" : ": \(clients.joined(separator: " "))"))
    }
    for row in stored.nodes.values.sorted(by: { $0.node < $1.node }) where row.group == nil {
      lines.append("  \(row.node) is \(row.presence)")
    }
  }
}
