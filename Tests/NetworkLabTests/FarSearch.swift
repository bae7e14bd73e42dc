import Foundation
import Node
import Protocol
import SearchModel
import Synchronization

/// A search from one machine, and when it showed what.
struct FarSearch {
  /// From question to last answer.
  let elapsed: Duration
  let deadline: Duration
  let answer: LocalSearchAnswer
  private let shown: [(at: Duration, hosts: Set<String>)]

  /// - Parameter names: of the machines, in the names of their files.
  static func make(
    _ word: String, at machine: ProductLab.Machine, within deadline: Duration, names: [String]
  ) async throws -> FarSearch {
    guard let client = await LocalClient.connect(dataDirectory: machine.data) else {
      throw ProductLab.Trouble(what: "no daemon", log: machine.log)
    }
    let shown = Mutex<[(at: Duration, hosts: Set<String>)]>([])
    let (seconds, attoseconds) = deadline.components
    let request = GroupSearchRequest(
      request: SearchRequest(query: .word(word, field: nil), limit: 100), isStrict: true,
      scope: "everywhere", deadline: seconds * 1_000 + attoseconds / 1_000_000_000_000_000)
    let began = ContinuousClock.now
    let answer = try await client.search(request) { answer in
      let time = ContinuousClock.now - began
      shown.withLock { $0.append((time, hosts(in: answer, names))) }
    }
    let elapsed = ContinuousClock.now - began
    let last = (elapsed, hosts(in: answer, names))
    return FarSearch(
      elapsed: elapsed, deadline: deadline, answer: answer,
      shown: shown.withLock { $0 } + [last])
  }

  private static func hosts(in answer: LocalSearchAnswer, _ names: [String]) -> Set<String> {
    let files = answer.answer.answer.hits.map(\.record.filename)
    return Set(names.filter { name in files.contains { $0.hasSuffix(" \(name).txt") } })
  }

  var overshoot: Duration { elapsed - deadline }

  /// Machines of whose files there are some in the last answer.
  var hosts: Set<String> { shown.last?.hosts ?? [] }

  /// When the files of all these stood there; nil for never.
  func time(ofAll names: Set<String>) -> Duration? {
    shown.first { $0.hosts.isSuperset(of: names) }?.at
  }

  /// When a file of any of these stood there; nil for never.
  func time(ofAny names: Set<String>) -> Duration? {
    shown.first { !$0.hosts.isDisjoint(with: names) }?.at
  }

  /// What is said of each virtual server, by the machine that it runs on.
  func servers(of machines: [String: String]) -> [String: Completeness.Outcome] {
    var outcomes: [String: Completeness.Outcome] = [:]
    for server in answer.coverage.servers?.servers ?? [] {
      outcomes[machines[server.host] ?? server.host] = server.outcome
    }
    return outcomes
  }
}
