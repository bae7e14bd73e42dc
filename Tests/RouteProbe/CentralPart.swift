import Foundation
import RouteTracing
import RouterBands

/// The central server's part: accepts, reads the SYN's TTL, traces back, decides.
struct CentralPart {
  let port: UInt16
  let count: Int

  private struct Connection: Sendable {
    var descriptor: CInt
    var peer: IPAddress
    var synTTL: Int?
    var claim: Claim
  }

  func run() async throws {
    let listening = try TCPSocket.listening(on: port)
    try SavedSYN.keep(onListening: listening)
    let tracer = try PacedTracer()
    let bands = Bands()
    try await withThrowingTaskGroup { group in
      for try await connection in connections(of: listening) {
        group.addTask {
          let route = try await tracer.route(to: connection.peer)
          try Report.print(
            await bands.place(
              connection.claim,
              route.observation(
                claimedLocal: connection.claim.local, synTTL: connection.synTTL,
                claimedPath: connection.claim.path)))
          close(connection.descriptor)
        }
      }
      try await group.waitForAll()
    }
  }

  /// Accepts on a thread of its own: the calls block.
  private func connections(of listening: CInt) -> AsyncThrowingStream<Connection, any Error> {
    AsyncThrowingStream { stream in
      Thread.detachNewThread {
        do {
          for _ in 0..<count {
            let (descriptor, peer) = try TCPSocket.accepted(from: listening)
            let syn = try SavedSYN.read(fromAccepted: descriptor)
            let line = try TCPSocket.readLine(from: descriptor)
            let claim = try JSONDecoder().decode(Claim.self, from: line)
            stream.yield(
              Connection(
                descriptor: descriptor, peer: peer, synTTL: syn?.timeToLive, claim: claim))
          }
          stream.finish()
        } catch {
          stream.finish(throwing: error)
        }
      }
    }
  }
}

/// The known routers, which every decision reads and may add to.
actor Bands {
  private var knownRouters = KnownRouterTree()

  func place(_ claim: Claim, _ observation: RouteObservation) -> Placement {
    let decision = BandKey.decide(observation, knownRouters: knownRouters)
    if decision.isTrustworthy { knownRouters.learn(decision.path) }
    return Placement(
      name: claim.name, peer: observation.peer, band: decision.key, rule: decision.rule,
      path: observation.reversePath, answeredAt: observation.answeredAt,
      synTTL: observation.synTTL, reasons: decision.reasons)
  }
}
