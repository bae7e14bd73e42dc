import Foundation
import Protocol
import TestSupport
import Testing

@testable import CentralServer

extension RealCentralServer {
  /// Liars, repeated messages, nonsense, a full disk and the loss of a central server.
  @Suite("trouble") struct TroubleTests {
    @Test(arguments: [(-1, 0), (0, 0), (1_000_000, 300), (Int.max, 300), (Int.min, 0)])
    func claimedCapacityIsBounded(claim: Int, taken: Int) async throws {
      try await CentralProcess.with { central in
        let liar = try await ScriptedNode.register("liar", at: central)
        let order = try #require(try await liar.report(capacity: claim).start)
        #expect(order.limit == taken)
        // Nor does it choose where others look for it, or how long it has been up.
        _ = try await liar.send(
          liar.makeReport(
            .serving(order, port: 9, address: "192.0.2.9"), capacity: claim,
            uptime: .greatestFiniteMagnitude))
        let table = try await PlacementTests.virtualServers(of: central)
        #expect(table == ["\(liar.name) 127.0.0.1:9 serves 0 of \(taken)"])
        await #expect(throws: Refused(.malformed)) {
          try await coded { try await liar.report(.serving(order, port: 0)) }
        }
      }
    }

    @Test func aNodeSpeaksOnlyForItself() async throws {
      try await CentralProcess.with { central in
        let n1 = try await ScriptedNode.register("n1", at: central)
        let order = try #require(try await n1.report().start)
        _ = try await n1.report(.serving(order))
        let n2 = try await ScriptedNode.register("n2", at: central)
        let n3 = try await ScriptedNode.register("n3", at: central)
        _ = try await n2.report()
        _ = try await n3.report()
        // It claims to serve another's group, and that a client of it is gone.
        let missing = [GroupClient(node: n3.name, incarnation: 1)]
        let answer = try await n2.report(.serving(order, port: 7999, missing: missing))
        #expect(!answer.isRenewed)
        #expect(answer.attach?.host == n1.name)
        let truth = try await n1.report(.serving(order))
        #expect(truth.isRenewed && Set(truth.members?.nodes ?? []) == [n2.name, n3.name])
      }
    }

    @Test func repeatedAndReorderedReportsChangeNothing() async throws {
      try await CentralProcess.with { central in
        let n1 = try await ScriptedNode.register("n1", at: central)
        let seeking = n1.makeReport()
        let order = try #require(try await n1.send(seeking).start)
        let serving = n1.makeReport(.serving(order))
        #expect(try await n1.send(serving).isRenewed)
        // The first one again, late: it would have made a new process start.
        #expect(try await n1.send(seeking).start == nil)
        #expect(try await n1.send(serving).isRenewed == false)
        let table = try await PlacementTests.virtualServers(of: central)
        #expect(table == ["\(n1.name) 127.0.0.1:7441 serves 0 of 10"])
        n1.restart()
        let restarted = try await n1.report()
        #expect((restarted.start?.epoch ?? 0) > order.epoch)
        #expect(try await n1.send(serving).instructions == [.refusedOldIncarnation(known: 2)])
      }
    }

    @Test func nonsenseIsRefusedAndHarmsNobody() async throws {
      try await CentralProcess.with { central in
        let n1 = try await ScriptedNode.register("n1", at: central)
        struct Large: Encodable { var text = String(repeating: "x", count: 3 << 20) }
        struct Odd: Encodable { var incarnation = "one" }
        for path in ["/v1/report", "/v1/leave", "/v1/renew", "/v1/password", "/v1/login"] {
          await #expect(throws: Refused(.tooLarge), "\(path)") {
            try await coded {
              try await n1.client.send(
                .post(path, Large()), to: central.destination, expecting: .centralServer,
                as: PlacementAnswer.self)
            }
          }
          await #expect(throws: Refused(.malformed), "\(path)") {
            try await coded {
              try await n1.client.send(
                .post(path, Odd()), to: central.destination, expecting: .centralServer,
                as: PlacementAnswer.self)
            }
          }
        }
        await #expect(throws: Refused(.malformed)) {
          try await coded {
            try await n1.client.send(
              .get("/v1/revocations?after=-1"), to: central.destination,
              expecting: .centralServer, as: RevocationDelta.self)
          }
        }
        #expect(try await n1.report().start != nil)
      }
    }

    @Test(
      .enabled("mounting a small file system needs root, and a system that allows it") {
        SmallDisk.isAvailable
      })
    func aFullDiskIsSaidAndGoesOn() async throws {
      let disk = try #require(SmallDisk(megabytes: 8))
      defer { disk.remove() }
      try await CentralProcess.with(folder: disk.path + "/data") { central in
        let n1 = try await ScriptedNode.register("n1", at: central)
        let order = try #require(try await n1.report().start)
        _ = try await n1.report(.serving(order))
        let nodes = try await (0..<8).asyncMap { _ in
          // Slow machines take longer than a lease for all of them.
          _ = try await n1.report(.serving(order))
          return try await ScriptedNode.logIn("n1", at: central)
        }
        _ = try await n1.report(.serving(order))
        disk.fill("ballast", leaving: 0)
        var refused: [ScriptedNode] = []
        for node in nodes {
          #expect(try await n1.report(.serving(order)).isRenewed)
          do {
            _ = try await node.report()
          } catch let problem as ProblemDocument {
            #expect(problem.code == .storageFull, "\(problem)")
            refused.append(node)
          }
        }
        #expect(!refused.isEmpty, "the disk was not full")
        await #expect(throws: Refused(.storageFull)) {
          try await coded { try await ScriptedNode.register("n2", at: central) }
        }
        #expect(central.log.contains("No space is left"))
        // Who has a place keeps it.
        #expect(try await n1.report(.serving(order)).isRenewed)
        disk.empty("ballast")
        try await wait(until: "joins to go on") {
          _ = try await n1.report(.serving(order))
          return await refused.allSatisfyAsync { (try? await $0.report())?.attach != nil }
        }
        #expect(try await n1.report(.serving(order)).isRenewed)
        let table = try await PlacementTests.virtualServers(of: central)
        #expect(table == ["\(n1.name) 127.0.0.1:7441 serves 8 of 10"])
      }
    }

    @Test func ofTwoOnOneDatabaseOneLeadsAndTheOtherTakesOver() async throws {
      guard PostgreSQLInstallation.isPresent || PostgreSQLInstallation.isRequired else { return }
      let server = try PostgreSQLServer.shared.get()
      let name = try await server.makeDatabase()
      let database = "postgresql://nearfind@\(server.folder.replacing("/", with: "%2F"))/\(name)"
      let folders = [try TemporaryFolder.make(), try TemporaryFolder.make()]
      try await CentralProcess.with(folder: folders[0], ["--database", database]) { first in
        // The second has a copy of the authority's key.
        try FileManager.default.copyItem(
          atPath: folders[0] + "/authority", toPath: folders[1] + "/authority")
        try await CentralProcess.with(folder: folders[1], ["--database", database]) { second in
          #expect(second.fingerprint == first.fingerprint)
          let n1 = try await ScriptedNode.register("n1", at: second)
          // Enrolment anywhere; places where the leader is.
          do {
            _ = try await n1.report()
            Issue.record("a central server that does not lead gave a place")
          } catch let problem as ProblemDocument {
            #expect(problem.code == .notLeading && problem.status == 421)
            #expect(problem.location == "127.0.0.1:\(first.port)")
          }
          let answer = try await n1.send(n1.makeReport(), to: first.destination)
          let order = try #require(answer.start)
          let serving = n1.makeReport(.serving(order))
          #expect(try await n1.send(serving, to: first.destination).isRenewed)
          try await first.program.kill()
          try await wait(until: "the second to lead") {
            (try? await n1.report(.serving(order)))?.isRenewed == true
          }
          let n2 = try await ScriptedNode.register("n2", at: second)
          #expect(try await n2.report().attach?.group == order.group)
        }
      }
    }

    @Test func noTableHoldsFiles() async throws {
      let folder = try TemporaryFolder.make()
      try await CentralProcess.with(folder: folder) { central in
        let n1 = try await ScriptedNode.register("n1", at: central)
        let order = try #require(try await n1.report().start)
        _ = try await n1.report(.serving(order))
      }
      let store = try await SQLiteCentralStore(path: folder + "/central.sqlite")
      let tables = try await store.look { session in
        try session.all("SELECT name FROM sqlite_master WHERE type = 'table'") { try $0.text(0) }
      }
      #expect(
        Set(tables).subtracting(["sqlite_sequence"]) == [
          "users", "router_bands", "virtual_servers", "nodes", "counters", "leadership",
          "node_credentials", "certificates", "revocations", "invitations", "band_overrides",
          "settings", "schema_version",
        ])
      let columns = try await store.look { session in
        try tables.flatMap { table in
          try session.all("SELECT name FROM pragma_table_info('\(table)')") { try $0.text(0) }
        }
      }
      for column in columns {
        #expect(
          column.firstMatch(of: /file|directory|title|keyword|size|hash_of/) == nil, "\(column)")
      }
    }
  }
}

extension Sequence {
  fileprivate func asyncMap<Value>(
    _ body: (Element) async throws -> Value
  ) async rethrows -> [Value] {
    var values: [Value] = []
    for element in self { values.append(try await body(element)) }
    return values
  }

  fileprivate func allSatisfyAsync(_ body: (Element) async throws -> Bool) async rethrows -> Bool {
    for element in self where try await !body(element) { return false }
    return true
  }
}
