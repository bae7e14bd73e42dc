import Foundation
import NIOCore
import PeerTesting
import Protocol
import TestSupport
import Testing

@testable import CentralServer

extension RealCentralServer {
  /// Bytes of all kinds, in any amount, at any speed, at the central server's own port. An honest node
  /// is answered meanwhile.
  @Suite("hostile peers") struct HostileTests {
    /// A node that serves a group and renews its lease.
    struct Honest {
      let node: ScriptedNode
      let standing: PlacementReport.Standing

      init(at central: CentralProcess) async throws {
        node = try await ScriptedNode.register("honest", at: central)
        standing = .serving(try #require(try await node.report().start))
        try await renew()
      }

      func renew() async throws {
        let answer = try await node.report(standing)
        #expect(answer.isRenewed, "\(answer)")
      }

      /// Renews the lease as a node does, in time, for as long as `body` takes.
      func renewing(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask {
            while !Task.isCancelled {
              try await renew()
              // What the node's own timer does.
              try? await Task.sleep(for: .seconds(2))
            }
          }
          defer { group.cancelAll() }
          group.addTask { try await body() }
          try await group.next()
        }
      }
    }

    private func bytes(_ count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
      (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// All that was opened for strangers is closed again.
    private func expectQuiet(_ central: CentralProcess, after before: ProcessUsage) async throws {
      try await wait(until: "the descriptors to come back") {
        try ProcessUsage(of: central.program.identifier).descriptors <= before.descriptors + 2
      }
      #expect(central.program.isRunning)
    }

    @Test func bytesBeforeTheHandshake() async throws {
      let seed = UInt64.random(in: 0 ... .max)
      print("seed \(seed)")
      var generator = SeededGenerator(seed: seed)
      try await CentralProcess.with { central in
        let honest = try await Honest(at: central)
        let before = try ProcessUsage(of: central.program.identifier)
        for number in 0..<200 {
          let connection = try await RawConnection.open(port: central.port)
          var data = bytes(generator.number(0...3000), &generator)
          if number % 2 == 0 {
            // The beginning of a TLS record, whole or cut, and of a hello in it.
            let length = UInt16.random(in: 0 ... .max, using: &generator)
            data = [0x16, 3, 1, UInt8(length >> 8), UInt8(length & 255), 1, 0] + data
          }
          await connection.send(data)
          if number % 3 == 0 { connection.close() }
          if number % 40 == 0 { try await honest.renew() }
        }
        let flood = try await RawConnection.open(port: central.port)
        await flood.send(bytes(4 << 20, &generator))
        try await honest.renew()
        try await expectQuiet(central, after: before)
        #expect(central.log.contains("no handshake: 1"), "\(central.log)")
        try await honest.renew()
      }
    }

    @Test func bytesAfterTheHandshake() async throws {
      let seed = UInt64.random(in: 0 ... .max)
      print("seed \(seed)")
      try await CentralProcess.with { central in
        let honest = try await Honest(at: central)
        try await honest.renewing {
          let mallory = try await ScriptedNode.register("mallory", at: central)
          let before = try ProcessUsage(of: central.program.identifier)
          let open = try await sendNonsense(to: central, as: mallory, seed: seed)
          try await wait(until: "it to be logged who was refused") {
            central.log.contains("\(mallory.userid)")
          }
          for connection in open { connection.close() }
          let oscar = try await ScriptedNode.register("oscar", at: central)
          let large = try await RawConnection.open(
            port: central.port, credentials: oscar.credentials)
          await large.send(
            "POST /v1/report HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n")
          try await wait(until: "the size to be refused") { large.text.contains("413") }
          #expect(large.text.contains("too-large"), "\(large.text)")
          large.close()
          try await expectQuiet(central, after: before)
        }
      }
    }

    /// Reports that are damaged, cut, followed by more, or none at all, each over its own connection.
    ///
    /// - Returns: the connections that were not closed at once.
    private func sendNonsense(
      to central: CentralProcess, as node: ScriptedNode, seed: UInt64
    ) async throws -> [RawConnection] {
      var generator = SeededGenerator(seed: seed)
      let report = try BoundedJSON.encode(node.makeReport())
      let head = "POST /v1/report HTTP/1.1\r\nHost: x\r\nContent-Length: \(report.count)\r\n\r\n"
      let good = Array(head.utf8) + report
      var open: [RawConnection] = []
      for number in 0..<150 {
        var data = good
        switch number % 4 {
        case 0: data = bytes(generator.number(0...3000), &generator)
        case 1: data = Array(good.prefix(generator.number(0...good.count - 1)))
        case 2:
          for _ in 0..<3 {
            data[generator.number(0...data.count - 1)] = UInt8.random(
              in: 0...255, using: &generator)
          }
        default: data += bytes(generator.number(1...20_000), &generator)
        }
        let connection = try await RawConnection.open(
          port: central.port, credentials: node.credentials)
        await connection.send(data)
        if number % 4 == 0 { connection.close() } else { open.append(connection) }
      }
      return open
    }

    /// Several times as many as may be open at once, silent or a byte at a time, from addresses of
    /// their own; again and again, so that what is not given back shows.
    @Test func slowAndSilentConnectionsByTheThousand() async throws {
      try await CentralProcess.with(openFiles: 1200) { central in
        let honest = try await Honest(at: central)
        try await honest.renewing {
          let process = central.program.identifier
          let before = try ProcessUsage(of: process)
          var memory = [before.memory]
          for _ in 0..<Self.rounds {
            let (count, most) = try await Self.crowd(central, honest)
            #expect(most < 1200 && most > before.descriptors + 500, "\(most) descriptors")
            try await expectQuiet(central, after: before)
            memory.append(try ProcessUsage(of: process).memory)
            print(
              "\(count) connections, at most \(most) descriptors, \(memory.map { $0 >> 20 }) MB")
          }
          let growth = memory[Self.rounds] - memory[Self.rounds - 1]
          #expect(growth < 8 << 20, "\(memory)")
          #expect(central.log.contains("Connections came to nothing"))
          // A flood is a few lines and not one each.
          let lines = central.log.components(separatedBy: "Connections came to nothing").count
          #expect(lines < 20, "\(lines)")
        }
      }
    }

    private static let rounds = 3

    /// Opens three thousand connections that say next to nothing, and waits until all are closed.
    ///
    /// - Returns: how many were taken, and the most descriptors that the central server had.
    private static func crowd(
      _ central: CentralProcess, _ honest: Honest
    ) async throws -> (count: Int, most: Int) {
      var connections: [RawConnection] = []
      var most = 0
      for number in 0..<3000 {
        let source = "127.0.0.\(2 + number % 3)"
        guard let connection = try? await RawConnection.open(port: central.port, from: source)
        else { continue }
        connections.append(connection)
        // Of some the beginning of a hello, and more of it now and then.
        if number % 3 == 0 { await connection.send([0x16, 3, 1, 0x40, 0]) }
        if number % 300 == 0 {
          for slow in connections where slow.channel.isActive { await slow.send([1]) }
          let usage = try ProcessUsage(of: central.program.identifier)
          most = max(most, usage.descriptors)
        }
      }
      // Who was not connected before is let in among them.
      let asked = ContinuousClock.now
      let fresh = try await ScriptedNode.logIn("honest", at: central)
      print("among the silent a new node was let in after \(ContinuousClock.now - asked)")
      #expect(try await fresh.report().attach?.host == honest.node.name)
      for connection in connections { try await connection.closed() }
      return (connections.count, most)
    }

    @Test func slowRequestsAreCut() async throws {
      try await CentralProcess.with { central in
        let honest = try await Honest(at: central)
        try await honest.renewing {
          let slow = try await ScriptedNode.register("slow", at: central)
          let before = try ProcessUsage(of: central.program.identifier)
          let starts = [
            "GET /v1/revocations HTTP/1.1\r\nHos",
            "POST /v1/report HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"inc",
          ]
          var connections: [RawConnection] = []
          for number in 0..<60 {
            let connection = try await RawConnection.open(
              port: central.port, credentials: slow.credentials)
            await connection.send(starts[number % 2])
            connections.append(connection)
          }
          // Drop by drop gains nothing.
          for connection in connections { await connection.send("x") }
          for connection in connections { try await connection.closed() }
          try await expectQuiet(central, after: before)
          #expect(central.log.contains("too slow: 1"), "\(central.log)")
          // It was slow, and is no outcast for that.
          #expect(try await slow.report().attach?.host == honest.node.name)
        }
      }
    }

    @Test func aClockThatIsADayOffIsSaidAndSendsNothing() async throws {
      try await CentralProcess.with { central in
        let honest = try await Honest(at: central)
        let node = try await ScriptedNode.register("late", at: central)
        for (shift, text) in [(25.0, "expired at"), (-25, "is valid from")] {
          let client = try PeerClient(
            .credentials(CredentialStore(node.credentials)),
            now: { Date().addingTimeInterval(shift * 3600) })
          do {
            let report = node.makeReport()
            let _: PlacementAnswer = try await client.send(
              .post("/v1/report", report), to: central.destination, expecting: .centralServer)
            Issue.record("a node whose clock is \(shift) hours off took the certificate")
          } catch let error as PeerClientError {
            #expect("\(error)".contains(text) && "\(error)".contains("clocks"), "\(error)")
          }
          client.shutDown()
        }
        let nodes = try await central.admin("virtual-servers", "--json").output
        #expect(!nodes.contains(node.name), "something was sent")
        #expect(try await node.report().attach != nil)
        try await honest.renew()
      }
    }

    @Test func noClaimChoosesTheBand() async throws {
      try await CentralProcess.with { central in
        let honest = try await Honest(at: central)
        let liar = try await ScriptedNode.register("liar", at: central)
        var report = liar.makeReport()
        report.environment.localAddress = "203.0.113.7"
        report.environment.path = ["198.51.100.1", nil, "203.0.113.1"]
        let answer = try await liar.send(report)
        #expect(answer.band?.band == "4:127.0.0.0/24" && answer.band?.peer == "127.0.0.1")
        #expect(answer.attach?.host == honest.node.name)
        for address in ["203.0.113.7 ", "::ffff:1", "", String(repeating: "9", count: 500)] {
          var odd = liar.makeReport()
          odd.environment.localAddress = address
          odd.environment.path = Array(repeating: "x", count: 500)
          _ = try? await liar.send(odd)
        }
        let bands = try await central.admin("bands").output
        #expect(!bands.contains("203.0.113"), "\(bands)")
        try await honest.renew()
      }
    }
  }
}
