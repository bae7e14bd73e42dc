import Placement
import Protocol
import RouterBands

/// The central server as nodes see it: takes reports, and keeps for each node what was said to it
/// until its next one.
struct SimulatedCentral {
  private(set) var machine: PlacementMachine
  private(set) var stored = Tables()
  private var mailboxes: [String: [PlacementInstruction]] = [:]
  let configuration: Configuration

  init(configuration: Configuration, at time: Int64) {
    self.configuration = configuration
    machine = PlacementMachine(configuration: configuration, at: Moment(milliseconds: time))
  }

  mutating func restart(at time: Int64) throws {
    mailboxes = [:]
    machine = try PlacementMachine(
      restoring: stored, configuration: configuration, at: Moment(milliseconds: time))
  }

  mutating func tick(at time: Int64) {
    deliver(machine.handle(.tick, at: Moment(milliseconds: time)))
  }

  mutating func leave(_ node: String, _ farewell: PlacementFarewell, at time: Int64) {
    deliver(
      machine.handle(
        .leave(NodeID(node), incarnation: farewell.incarnation, sequence: farewell.sequence),
        at: Moment(milliseconds: time)))
  }

  mutating func answer(
    _ report: PlacementReport, of node: String, band: Int, at time: Int64
  ) -> PlacementAnswer {
    let known = machine.tables.nodes[NodeID(node)]
    let nodeReport = NodeReport(
      node: NodeID(node), incarnation: report.incarnation, sequence: report.sequence,
      environment: Environment(
        limitCount: report.environment.limitCount, startedAt: Moment(milliseconds: 0)),
      standing: Self.standing(report.standing))
    let isJoin = known.map { report.incarnation > $0.incarnation } ?? true
    let router = IPv4Address(bits: 0xC612_0000 + UInt32(band) * 256 + 1)
    let row = BandRow(key: .router(router), path: RouterPath([Hop(.ipv4(router))]))
    let event: Event = isJoin ? .join(nodeReport, band: row) : .report(nodeReport)
    deliver(machine.handle(event, at: Moment(milliseconds: time)))
    let instructions = mailboxes.removeValue(forKey: node) ?? []
    return PlacementAnswer(
      instructions: instructions,
      nextReport: Self.isSettled(instructions)
        ? configuration.reportInterval : configuration.renewalInterval)
  }

  private static func isSettled(_ instructions: [PlacementInstruction]) -> Bool {
    switch instructions.last {
    case .attach, .confirmed: true
    default: false
    }
  }

  private mutating func deliver(_ outcome: Outcome) {
    for change in outcome.changes { stored.apply(change) }
    for message in outcome.messages {
      mailboxes[message.node.name, default: []].append(Self.instruction(message.instruction))
    }
  }

  private static func standing(_ standing: PlacementReport.Standing) -> NodeReport.Standing {
    switch standing {
    case .seeking: .seeking
    case .attached(let group, let epoch): .attached(group: GroupID(group), epoch: Epoch(epoch))
    case .serving(let group, let epoch, let endpoint, let membership, let missing, let standby):
      .serving(
        group: GroupID(group), epoch: Epoch(epoch),
        endpoint: Endpoint(IPAddress(endpoint.address)!, port: endpoint.port),
        membership: membership,
        missing: missing.map { ClientSighting(node: NodeID($0.node), incarnation: $0.incarnation) },
        standby: standby.map { NodeID($0) })
    }
  }

  private static func clients(_ sightings: [ClientSighting]) -> [GroupClient] {
    sightings.map { GroupClient(node: $0.node.name, incarnation: $0.incarnation) }
  }

  private static func instruction(_ instruction: Instruction) -> PlacementInstruction {
    switch instruction {
    case .becomeVirtualServer(let group, let epoch, let limit, let clients, let membership):
      .becomeVirtualServer(
        group: group.number, epoch: epoch.number, limitCount: limit, clients: self.clients(clients),
        membership: membership)
    case .renewed(let group, let epoch, let sequence, let duration, let limit):
      .renewed(
        group: group.number, epoch: epoch.number, sequence: sequence, duration: duration,
        limitCount: limit)
    case .attach(let group, let epoch, let host, let endpoint):
      .attach(
        group: group.number, epoch: epoch.number, host: host.name,
        endpoint: NetworkEndpoint(address: "\(endpoint.address)", port: endpoint.port))
    case .wait(let group): .wait(group: group.number)
    case .confirmed(let group, let epoch): .confirmed(group: group.number, epoch: epoch.number)
    case .detach(let group): .detach(group: group.number)
    case .drain(let group, let epoch): .drain(group: group.number, epoch: epoch.number)
    case .admit(let client, let membership):
      .admit(clients([client])[0], membership: membership)
    case .release(let node, let membership): .release(node.name, membership: membership)
    case .members(let list, let membership): .members(clients(list), membership: membership)
    case .refused(.oldIncarnation(let known)): .refusedOldIncarnation(known: known)
    case .refused(.joinFirst): .refusedJoinFirst
    }
  }
}
