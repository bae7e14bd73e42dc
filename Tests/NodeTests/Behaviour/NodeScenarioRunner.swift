import Foundation
import Protocol

@testable import Node

/// Plays a scenario of one node: lines of what happens to it, and below each, indented, what it does.
///
/// ```text
/// it starts
/// answer: become g1 e2 for 3 | members n2.1 @7
/// answer: renewed g1 e2 for 3
/// answer: attach to n1 g1 e2 at 192.0.2.1:4711     # reports again in 600 s unless told otherwise
/// answer: confirmed | detach g1 | drain g1 e2 | wait g1 | admit n2.1 @8 | release n2 @9
/// answer: old incarnation 7 | join first
/// the report fails | the right is taken back
/// process 1 listens at 4711 | ends
/// process 1 misses n2.1
/// process 1 lacks n2 n3 | lacks nothing            # of the group that it stands by for
/// process 1 has n2 standing by at 192.0.2.2:4711 | ready
/// presence is answered g1 e2 | fails g1
/// presence is answered g1 e2, without a lease
/// presence is answered g1 e2, stand by for n2.1 @7, standby n2 at 192.0.2.2:4711 ready
/// files are given at 7441 | are not given
/// the certificate is renewed | stop | goodbye is said
/// 3 s pass
/// ```
struct NodeScenarioRunner {
  struct Problem: Error, CustomStringConvertible {
    let description: String
  }

  private var behaviour = NodeBehaviour(
    node: "n0", incarnation: 1,
    environment: NodeEnvironment(limitCount: 3, uptime: 1, localAddress: "192.0.2.9"), seed: 1)
  private var time: Duration = .zero
  private var underWay: UInt64?
  private var lines: [String] = []

  /// The scenario with what the node does filled in; equal to `text` if that tells the truth.
  static func play(_ text: String) throws -> String {
    var runner = NodeScenarioRunner()
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("  ") { continue }
      runner.lines.append(String(line))
      let event = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
      if !event.isEmpty { try runner.take(event) }
    }
    return runner.lines.joined(separator: "\n")
  }

  private mutating func take(_ line: String) throws {
    let words = line.split { " ,:".contains($0) }.map(String.init)
    switch words[0] {
    case "it": handle(.started)
    case "answer":
      let parts = line.dropFirst("answer:".count).split(separator: "|")
      let instructions = try parts.map {
        try instruction($0.split(separator: " ").map(String.init))
      }
      let isAttached = line.contains("attach") || line.contains("confirmed")
      guard let sequence = underWay else { throw Problem(description: "No report: \(line)") }
      handle(
        .reportAnswered(
          sequence: sequence,
          PlacementAnswer(instructions: instructions, nextReport: isAttached ? 600_000 : 3_000)))
    case "the" where words[1] == "report":
      handle(.reportFailed(sequence: underWay ?? 0, retryAfter: nil))
    case "the" where words[1] == "right": handle(.rightLost(sequence: underWay ?? 0))
    case "the": handle(.certificateRenewed)
    case "process": try takeProcess(words)
    case "presence" where words[1] == "fails": handle(.presenceFailed(group: number(words[2])))
    case "presence": takePresence(line)
    case "files": handle(.givesFiles(words.last.flatMap(UInt16.init).map { FileOffer(port: $0) }))
    case "stop": handle(.stopAsked)
    case "goodbye": handle(.farewellEnded)
    default:
      guard words.count == 3, words[2] == "pass", let amount = Int(words[0]) else {
        throw Problem(description: "What is \"\(line)\"?")
      }
      pass(words[1] == "s" ? .seconds(amount) : .milliseconds(amount))
    }
  }

  private mutating func takeProcess(_ words: [String]) throws {
    let run = number(words[1])
    switch words[2] {
    case "listens": handle(.processListening(run: run, port: UInt16(words[4]) ?? 0))
    case "ends": handle(.processEnded(run: run))
    case "misses":
      guard case .serving(let group) = behaviour.standing else { return }
      let status = VirtualServerStatus(
        group: group.group, epoch: group.epoch, membership: group.membership,
        limitCount: group.limitCount, missing: words.dropFirst(3).map(client), recordCount: 0,
        takesRecords: true)
      handle(.processStatus(run: run, status))
    case "lacks":
      let names = words.dropFirst(3).filter { $0 != "nothing" }
      handle(
        .processStatus(
          run: run,
          VirtualServerStatus(
            group: behaviour.duty?.order.group ?? 0, epoch: 0,
            membership: behaviour.duty?.order.membership ?? 0, limitCount: 0,
            missing: [], recordCount: 0, takesRecords: false, incompleteNodes: names)))
    case "has":
      guard case .serving(let group) = behaviour.standing else { return }
      handle(
        .processStatus(
          run: run,
          VirtualServerStatus(
            group: group.group, epoch: group.epoch, membership: group.membership,
            limitCount: group.limitCount, missing: [], recordCount: 0, takesRecords: true,
            standby: Self.standby(Array(words.dropFirst(3))))))
    default: throw Problem(description: words.joined(separator: " "))
    }
  }

  /// What follows a comma is an order, or who stands by.
  private mutating func takePresence(_ line: String) {
    let parts = line.split(separator: ",").map {
      $0.split { " :".contains($0) }.map(String.init)
    }
    var answer = PresenceAnswer(
      group: number(parts[0][3]), epoch: number(parts[0][4]), takesRecords: true)
    for part in parts.dropFirst() {
      if part[0] == "without" {
        answer.takesRecords = false
      } else if part[0] == "standby" {
        answer.standby = Self.standby(Array(part.dropFirst()))
      } else {
        answer.order = StandbyOrder(
          group: answer.group, epoch: answer.epoch, limitCount: 3,
          members: part.filter { $0.contains(".") }.map(client),
          membership: number(part.last ?? ""))
      }
    }
    handle(.presenceAnswered(answer))
  }

  /// `n2 at 192.0.2.2 4711 ready`, with words between that say nothing.
  private static func standby(_ words: [String]) -> GroupStandby? {
    guard let place = words.firstIndex(of: "at"), words.count > place + 2 else { return nil }
    return GroupStandby(
      node: words[0],
      endpoint: NetworkEndpoint(address: words[place + 1], port: UInt16(words[place + 2]) ?? 0),
      isReady: words.last == "ready")
  }

  private func instruction(_ words: [String]) throws -> PlacementInstruction {
    func at(_ index: Int) -> String { words.count > index ? words[index] : "" }
    let membership = words.firstIndex { $0.hasPrefix("@") }.map { number(words[$0]) } ?? 0
    switch words.first {
    case "become":
      return .becomeVirtualServer(
        group: number(at(1)), epoch: number(at(2)), limitCount: Int(at(4)) ?? 0,
        clients: words.dropFirst(5).filter { $0.contains(".") }.map(client),
        membership: membership)
    case "renewed":
      return .renewed(
        group: number(at(1)), epoch: number(at(2)), sequence: underWay ?? 0, duration: 10_000,
        limitCount: Int(at(4)) ?? 0)
    case "attach":
      let parts = at(6).split(separator: ":")
      return .attach(
        group: number(at(3)), epoch: number(at(4)), host: at(2),
        endpoint: NetworkEndpoint(address: String(parts[0]), port: UInt16(parts[1]) ?? 0))
    case "wait": return .wait(group: number(at(1)))
    case "confirmed": return .confirmed(group: number(at(1)), epoch: number(at(2)))
    case "detach": return .detach(group: number(at(1)))
    case "drain": return .drain(group: number(at(1)), epoch: number(at(2)))
    case "admit": return .admit(client(at(1)), membership: membership)
    case "release": return .release(at(1), membership: membership)
    case "members":
      return .members(
        words.dropFirst().filter { $0.contains(".") }.map(client), membership: membership)
    case "old": return .refusedOldIncarnation(known: number(at(2)))
    case "join": return .refusedJoinFirst
    default: throw Problem(description: "What is \"\(words.joined(separator: " "))\"?")
    }
  }

  private func client(_ text: String) -> GroupClient {
    let parts = text.split(separator: ".").map(String.init)
    return GroupClient(node: parts[0], incarnation: number(parts.last ?? "1"))
  }

  /// `g1`, `e2`, `@7` or `7`.
  private func number(_ text: String) -> UInt64 { UInt64(text.filter(\.isNumber)) ?? 0 }

  private mutating func pass(_ duration: Duration) {
    let end = time + duration
    while let wake = behaviour.nextWake, wake <= end {
      // What is due and does nothing would be due for ever.
      time = max(wake, time + .milliseconds(1))
      handle(.woke)
    }
    time = end
  }

  private mutating func handle(_ event: NodeEvent) {
    for action in behaviour.handle(event, at: time) {
      if case .report(let report) = action { underWay = report.sequence }
      lines.append("  " + NodeActionText.text(of: action))
    }
  }
}

/// What a node does, for a scenario.
enum NodeActionText {
  static func text(of action: NodeAction) -> String {
    switch action {
    case .storeIncarnation(let number): "store incarnation \(number)"
    case .report(let report):
      "report \(report.incarnation).\(report.sequence): " + text(of: report.standing)
        + (report.environment.limitCount == 3 ? "" : ", room for \(report.environment.limitCount)")
    case .farewell(let farewell): "farewell \(farewell.incarnation).\(farewell.sequence)"
    case .startProcess(let run, let port):
      "start process \(run)" + (port.map { " at \($0)" } ?? "")
    case .command(let command): "tell it: " + text(of: command)
    case .stopProcess: "stop the process"
    case .use(nil): "use no virtual server"
    case .use(let server?):
      "use g\(server.group) e\(server.epoch) on \(server.host) at \(server.endpoint)"
    case .useStandby(nil): "use no standby"
    case .useStandby(let standby?):
      "use \(standby.isReady ? "the ready standby" : "the standby") on \(standby.server.host)"
        + " at \(standby.server.endpoint)"
    case .sendPresence(let server, let message):
      "presence to \(server.host)" + text(of: message.offer)
        + (message.files.map { ", files at \($0.port)" } ?? "")
    case .revoke(let delta): "revoke \(delta.users + delta.nodes)"
    case .finished: "finished"
    }
  }

  private static func text(of offer: StandbyOffer?) -> String {
    guard let offer else { return ", no offer" }
    let copy = offer.copy.map { copy in
      ", its copy of g\(copy.group) at \(copy.port) @\(copy.membership) lacks \(copy.incompleteNodes)"
    }
    return (offer.limitCount == 3 ? "" : ", room for \(offer.limitCount)") + (copy ?? "")
  }

  private static func text(of standing: PlacementReport.Standing) -> String {
    switch standing {
    case .seeking: "seeking"
    case .attached(let group, let epoch): "attached to g\(group) e\(epoch)"
    case .serving(let group, let epoch, let endpoint, let membership, let missing, let standby):
      "serving g\(group) e\(epoch) at \(endpoint) @\(membership)"
        + (missing.isEmpty ? "" : ", missing " + text(of: missing))
        + (standby.map { ", standby \($0)" } ?? "")
    }
  }

  private static func text(of command: VirtualServerCommand) -> String {
    switch command {
    case .serve(let group, let epoch, let limit, let clients, let membership):
      "serve g\(group) e\(epoch) for \(limit)" + (clients.isEmpty ? "" : " " + text(of: clients))
        + " @\(membership)"
    case .lease(let epoch, let end, let limit): "lease e\(epoch) until \(end) ms for \(limit)"
    case .standBy(let order):
      "stand by for g\(order.group) e\(order.epoch) \(text(of: order.members)) @\(order.membership)"
    case .admit(let client, let membership): "admit \(text(of: [client])) @\(membership)"
    case .release(let client, let membership): "release \(client) @\(membership)"
    case .members(let clients, let membership): "members \(text(of: clients)) @\(membership)"
    case .drain: "drain"
    case .revocations(let delta): "revocations \(delta.revision)"
    case .directory(let delta):
      "directory \(delta.startsAnew ? "anew" : "on") to \(delta.version.number)"
    case .files(let endpoint): "files at \(endpoint.map { "\($0)" } ?? "nowhere")"
    case .reloadIdentity: "reload the identity"
    case .stop: "stop"
    }
  }

  private static func text(of clients: [GroupClient]) -> String {
    clients.map { "\($0.node).\($0.incarnation)" }.joined(separator: " ")
  }
}
