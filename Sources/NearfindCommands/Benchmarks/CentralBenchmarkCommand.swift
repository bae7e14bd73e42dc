import ArgumentParser
import CentralServer
import Foundation
import Logging
import Placement
import Protocol
import RouteTracing
import RouterBands

/// `nearfind benchmark central`.
struct CentralBenchmarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "central",
    abstract: "Place nodes and take their reports: the central server's service over SQLite.",
    discussion: """
      The nodes are spread evenly over as many router bands as there are virtual servers. Each \
      joins, the virtual servers of each band first; then all report as they do in quiet times. \
      What is measured is the service with its store, every commit on the disk; connections, \
      certificates and traced routes are left out.

      Then 500 nodes run for some hours of a clock that is moved by hand, with the program's own \
      node and central server, and every message to the central server is counted.

      EXAMPLES:
        nearfind benchmark central --nodes 100000 --virtual-servers 5000
      """
  )

  @Option(help: "How many nodes are registered.")
  var nodes = 100_000

  @Option(help: "How many of them serve a group.")
  var virtualServers = 5_000

  @Option(help: "How many ask at once.")
  var callers = 256

  @Option(help: "How many quiet hours the messages are counted in.")
  var hours = 24

  @OptionGroup var options: BenchmarkOptions

  func validate() throws {
    guard virtualServers > 0, nodes >= virtualServers, virtualServers <= 60_000 else {
      throw ValidationError(
        "--virtual-servers must be from 1 to 60000, and --nodes at least as many.")
    }
    guard (1...1000).contains(hours) else {
      throw ValidationError("--hours goes from 1 to 1000.")
    }
    guard callers > 0 else { throw ValidationError("--callers must be at least 1.") }
    guard (nodes + virtualServers - 1) / virtualServers <= 250 else {
      throw ValidationError("At most 250 nodes for each virtual server.")
    }
  }

  func run() async throws {
    let folder = try ScratchFolder(in: options.scratch)
    let trial = try await CentralTrial(
      nodes: nodes, virtualServers: virtualServers, callers: callers,
      database: folder.path("central.sqlite"))
    var report = BenchmarkReport(
      title: "\(nodes) nodes, \(virtualServers) virtual servers",
      columns: ["count", "seconds", "a second", "commits"])
    let memoryBefore = Measurement.presentMemory
    for phase in try await trial.run() {
      report.add(
        phase.name,
        [
          "count": Double(phase.count), "seconds": phase.seconds,
          "a second": Double(phase.count) / phase.seconds, "commits": Double(phase.commits),
        ])
    }
    let memory = Double(Measurement.presentMemory - memoryBefore) / Double(nodes)
    report.notes = [
      "memory a node: \(Int(memory)) bytes of this process, callers and caches included",
      "on the disk a node: \(try folder.byteCount(".") / nodes) bytes",
    ]
    var network = try await QuietNetwork(
      nodes: Self.quietNodes, virtualServers: Self.quietServers,
      database: folder.path("quiet.sqlite"))
    report.notes += Self.notes(of: try await network.run(hours: hours))
    try options.print(report)
  }
}

extension CentralBenchmarkCommand {
  private static let quietNodes = 500
  private static let quietServers = 25

  private static func notes(of outcome: QuietNetwork.Outcome) -> [String] {
    func text(_ rate: Double) -> String { String(format: "%.2f", rate) }
    let (servers, attached) = (outcome.virtualServers, outcome.attached)
    return [
      "messages to the central server in \(outcome.hours) quiet hours, counted, a node an hour:",
      "  \(servers.nodes) virtual servers: \(text(outcome.rate(servers))) "
        + "(\(servers.reports) reports, \(servers.renewals) renewals of certificates)",
      "  \(attached.nodes) attached nodes: \(text(outcome.rate(attached))) "
        + "(\(attached.reports) reports, \(attached.renewals) renewals of certificates)",
      "  all: \(text(outcome.allRate))",
      "an attached node to its virtual server: \(text(outcome.presenceRate)) an hour",
    ]
  }
}

/// The nodes of a benchmark and what they were told.
private actor CentralTrial {
  struct Phase {
    var name: String
    var count: Int
    var seconds: Double
    var commits: Int
  }

  private let placement: PlacementService
  private let members: [Member]
  private let serverCount: Int
  private let callers: Int
  /// The version of the list of clients that each virtual server has.
  private var memberships: [UInt64]

  private struct Member: Sendable {
    var node: NodeID
    var origin: NodeOrigin
  }

  private enum Kind { case joining, serving, quiet }

  init(nodes: Int, virtualServers: Int, callers: Int, database: String) async throws {
    let logger = Logger(label: "nearfind.benchmark")
    let store = try await SQLiteCentralStore(path: database)
    var setup = PlacementService.Setup()
    // The turns may take longer than leases do, and nobody else wants to lead.
    setup.configuration.leaseDuration = 24 * 3600 * 1000
    setup.patience = 24 * 3600 * 1000
    let bands = BandResolver(rules: .standard, paths: [], logger: logger) {
      address throws(RouteTracingError) in SyntheticRoutes.route(to: address)
    }
    placement = PlacementService(
      store: store, setup: setup, bands: bands, book: RevocationBook(), clock: CentralClock(),
      logger: logger)
    try await placement.beginLeading(at: "benchmark:0")
    serverCount = virtualServers
    self.callers = callers
    members = (0..<nodes).map { number in
      let (place, band) = (number / virtualServers, number % virtualServers)
      return Member(
        node: NodeID("n-" + String(format: "%024d", number)),
        origin: NodeOrigin(address: SyntheticRoutes.address(band: band, place: place)))
    }
    memberships = Array(repeating: 0, count: nodes)
  }

  func run() async throws -> [Phase] {
    let servers = 0..<serverCount
    let clients = serverCount..<members.count
    return [
      try await measure("first of a band: join", servers, .joining, sequence: 1),
      try await measure("its virtual server listens", servers, .serving, sequence: 2),
      try await measure(
        "others: join and are told where to attach", clients, .joining, sequence: 1),
      try await measure("heartbeats of virtual servers", servers, .serving, sequence: 3),
      try await measure("the same again", servers, .serving, sequence: 4),
      try await measure("reports of attached nodes", clients, .quiet, sequence: 2),
    ]
  }

  private func measure(
    _ name: String, _ numbers: Range<Int>, _ kind: Kind, sequence: UInt64
  ) async throws -> Phase {
    let tables = await placement.tables
    let commitsBefore = await placement.commitCount
    let (placement, members, callers, known) = (placement, members, callers, memberships)
    let start = ContinuousClock.now
    let answers = try await withThrowingTaskGroup(of: [(Int, PlacementAnswer)].self) { group in
      for caller in 0..<callers {
        group.addTask {
          var answers: [(Int, PlacementAnswer)] = []
          for number in stride(
            from: numbers.lowerBound + caller, to: numbers.upperBound, by: callers)
          {
            let report = Self.report(
              kind, members[number].node, tables, membership: known[number], sequence: sequence)
            let answer = try await placement.report(
              report, of: members[number].node, from: members[number].origin)
            answers.append((number, answer))
          }
          return answers
        }
      }
      return try await group.reduce(into: [(Int, PlacementAnswer)]()) { $0 += $1 }
    }
    let seconds = (ContinuousClock.now - start).inSeconds
    for (number, answer) in answers {
      for instruction in answer.instructions {
        switch instruction {
        case .becomeVirtualServer(_, _, _, _, let membership), .members(_, let membership):
          memberships[number] = membership
        default: break
        }
      }
    }
    return Phase(
      name: name, count: numbers.count, seconds: seconds,
      commits: await placement.commitCount - commitsBefore)
  }

  private static func report(
    _ kind: Kind, _ node: NodeID, _ tables: Tables?, membership: UInt64, sequence: UInt64
  ) -> PlacementReport {
    let row = tables?.nodes[node]?.group.flatMap { tables?.virtualServers[$0] }
    let standing: PlacementReport.Standing =
      switch (kind, row) {
      case (.serving, let row?):
        .serving(
          group: row.group.number, epoch: row.epoch.number,
          endpoint: NetworkEndpoint(address: "192.0.2.1", port: 7441),
          membership: membership, missing: [])
      case (.quiet, let row?): .attached(group: row.group.number, epoch: row.epoch.number)
      default: .seeking
      }
    return PlacementReport(
      incarnation: 1, sequence: sequence,
      environment: NodeEnvironment(limitCount: 300, uptime: 3600), standing: standing)
  }
}
