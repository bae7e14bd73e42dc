import Foundation
import Protocol
import TestSupport
import Testing

@testable import CentralServer

extension RealCentralServer {
  /// The situations of the paper's section 3 and the flow of its 4.2, as in the text scenarios of
  /// placement, once more with a real central server. Nodes on 127.0.0.1 and on ::1 are of two bands.
  @Suite("placement") struct PlacementTests {
    @Test func noVirtualServerInTheBand() async throws {
      try await CentralProcess.with { central in
        let n1 = try await ScriptedNode.register("n1", at: central)
        let first = try await n1.report(capacity: 2)
        let order = try #require(first.start)
        #expect(order.limit == 2 && order.clients.isEmpty)
        #expect(first.band?.band == "4:127.0.0.0/24" && first.band?.peer == "127.0.0.1")
        let answer = try await n1.report(.serving(order), capacity: 2)
        #expect(answer.isRenewed && answer.nextReport == 3000 && answer.band == nil)
        let table = try await Self.virtualServers(of: central)
        #expect(table == ["\(n1.name) 127.0.0.1:7441 serves 0 of 2"])
      }
    }

    /// Whoever needs to prove its band gets the authority's word on the one that was decided, and a
    /// node that only reports costs no signature.
    @Test func aNodeGetsAStatementOfItsBand() async throws {
      try await CentralProcess.with { central in
        let node = try await ScriptedNode.register("n1", at: central)
        guard case .node(let identity) = node.credentials.identity else { return }
        let verifier = CertificateVerifier(authority: node.credentials.authority)
        #expect(try await node.report().bandStatement == nil)
        var report = node.makeReport()
        report.wantsBandStatement = true
        let statement = try #require(try await node.send(report).bandStatement)
        func proves(_ band: String) -> Bool {
          statement.proves(identity, isIn: band, verifiedBy: verifier, at: Date())
        }
        #expect(proves("4:127.0.0.0/24") && !proves("4:127.0.1.0/24"))
      }
    }

    @Test func aVirtualServerWithRoomAFullOneAndAnotherBand() async throws {
      try await CentralProcess.with(listen: "[::]") { central in
        let n1 = try await ScriptedNode.register("n1", at: central)
        let order = try #require(try await n1.report(capacity: 2).start)
        // 3.2: attach where there is room; until the process listens, wait.
        let n2 = try await ScriptedNode.register("n2", at: central)
        let waiting = try await n2.report(capacity: 5)
        #expect(waiting.instructions == [.wait(group: order.group)] && waiting.nextReport <= 1000)
        let told = try await n1.report(.serving(order), capacity: 2)
        #expect(told.isRenewed && told.members?.nodes == [n2.name])
        let attach = try #require(try await n2.report(capacity: 5).attach)
        #expect(attach.host == n1.name && attach.endpoint.port == 7441)
        #expect(attach.endpoint.address == "127.0.0.1")
        let quiet = try await n2.report(
          .attached(group: attach.group, epoch: attach.epoch), capacity: 5)
        #expect(quiet.instructions == [.confirmed(group: attach.group, epoch: attach.epoch)])
        #expect(quiet.nextReport == 600_000)
        let n3 = try await ScriptedNode.register("n3", at: central)
        #expect(try await n3.report(capacity: 9).attach?.group == order.group)
        // 3.3: full, so the next one becomes the next virtual server, and later ones attach to it.
        let n4 = try await ScriptedNode.register("n4", at: central)
        let second = try #require(try await n4.report(capacity: 3).start)
        _ = try await n4.report(.serving(second, port: 7442), capacity: 3)
        let n5 = try await ScriptedNode.register("n5", at: central)
        #expect(try await n5.report().attach?.group == second.group)
        // 3.4: another band has none.
        let six = PeerDestination.network(host: "::1", port: central.port)
        let m1 = try await ScriptedNode.register("m1", at: central, to: six)
        let other = try await m1.report()
        #expect(other.start != nil && other.band?.band == "6:::/48")
        // Leaving makes room.
        try await n5.leave()
        let table = try await Self.virtualServers(of: central)
        #expect(
          table == [
            "\(n1.name) 127.0.0.1:7441 serves 2 of 2", "\(n4.name) 127.0.0.1:7442 serves 0 of 3",
            "\(m1.name) starting serves 0 of 10",
          ])
      }
    }

    @Test func aVirtualServerDiesAndTheFittestTakesOver() async throws {
      try await CentralProcess.with { central in
        let n1 = try await ScriptedNode.register("n1", at: central)
        let order = try #require(try await n1.report().start)
        _ = try await n1.report(.serving(order))
        let n2 = try await ScriptedNode.register("n2", at: central)
        let n3 = try await ScriptedNode.register("n3", at: central)
        _ = try await n2.report(capacity: 5)
        _ = try await n3.report(capacity: 9)
        // n1 is heard of no more. Its clients have noticed and ask.
        var taken: PlacementAnswer?
        try await wait(until: "the lease to end") {
          taken = try await n3.report(capacity: 9)
          return taken?.start != nil
        }
        let next = try #require(taken?.start)
        #expect(next.group == order.group && next.epoch > order.epoch && next.limit == 9)
        #expect(next.clients == [n2.name])
        _ = try await n3.report(.serving(next, port: 7443), capacity: 9)
        #expect(try await n2.report(capacity: 5).attach?.host == n3.name)
        // The old one comes back with its old epoch.
        let old = try await n1.report(.serving(order))
        #expect(old.instructions.contains(.drain(group: order.group, epoch: order.epoch)))
        #expect(old.attach?.host == n3.name && !old.isRenewed)
      }
    }

    @Test func whatIsToldOutlivesAKill() async throws {
      let folder = try TemporaryFolder.make()
      let (n1, n2, order, port) = try await CentralProcess.with(folder: folder) { central in
        let n1 = try await ScriptedNode.register("n1", at: central)
        let order = try #require(try await n1.report().start)
        _ = try await n1.report(.serving(order))
        let n2 = try await ScriptedNode.register("n2", at: central)
        #expect(try await n2.report().attach != nil)
        try await central.program.kill()
        return (n1, n2, order, central.port)
      }
      await #expect(throws: PeerClientError.self) { try await n1.report(.serving(order)) }
      let central = try await CentralProcess(folder: folder, port: port)
      do {
        // The same lease, and the same client.
        let answer = try await n1.report(.serving(order))
        #expect(answer.isRenewed && answer.members?.nodes == [n2.name])
        let quiet = try await n2.report(.attached(group: order.group, epoch: order.epoch))
        #expect(quiet.instructions == [.confirmed(group: order.group, epoch: order.epoch)])
        let n3 = try await ScriptedNode.register("n3", at: central)
        #expect(try await n3.report().attach?.group == order.group)
      } catch {
        try await central.program.kill()
        throw error
      }
      try await central.program.kill()
    }

    @Test func anOverrideIsNoticedBesideTheRunningServer() async throws {
      try await CentralProcess.with { central in
        let n1 = try await ScriptedNode.register("n1", at: central)
        let order = try #require(try await n1.report().start)
        _ = try await n1.report(.serving(order))
        let added = try await central.admin("override", "add", "127.0.0.0/8", "here", "--json")
        #expect(added.status == 0, "\(added.errors)")
        try await wait(until: "the node to be told of its new band") {
          try await n1.report(.serving(order)).band?.band == "m:here"
        }
        let bands = try await central.admin("bands")
        #expect(bands.output.contains("m:here"), "\(bands.output)")
        #expect(try await central.admin("override", "remove", "127.0.0.0/8").status == 0)
        #expect(try await central.admin("override", "remove", "127.0.0.0/8").status == 2)
        #expect(try await central.admin("override", "add", "nonsense", "here").status == 2)
        #expect(try await central.admin("override", "add", "10.0.0.0/8", "a b").status == 2)
      }
    }

    /// `host address serves clients of limit`, by band and group.
    static func virtualServers(of central: CentralProcess) async throws -> [String] {
      let outcome = try await central.admin("virtual-servers", "--json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      let view = try JSONDecoder().decode(
        VirtualServerListView.self, from: Data(outcome.outputBytes))
      return view.virtualServers.map { server in
        let address = server.serverPort.map { "\(server.serverIP ?? ""):\($0)" } ?? "starting"
        return "\(server.host) \(address) serves \(server.clientCount) of \(server.limitCount)"
      }
    }
  }
}
