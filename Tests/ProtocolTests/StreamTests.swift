import Foundation
import TestSupport
import Testing

@testable import Protocol

/// Long answers and long requests: back-pressure, cancellation, the end.
@Suite struct StreamTests {
  @Test func aSlowReaderHoldsTheWriterBack() async throws {
    let (world, probe) = (try World(), Probe())
    let server = try await world.server(probe: probe)
    let client = try world.client()
    let task = Task {
      try await client.exchange(.get("/v1/numbers"), with: server.destination, expecting: .anyone) {
        response in
        _ = try await response.next()
        // Reads no more until cancelled.
        try await Task.sleep(for: .seconds(600))
      }
    }
    try await wait(until: "the writer stands still") {
      let before = await probe.written
      guard before > 0 else { return false }
      try await Task.sleep(for: .milliseconds(500))
      return await probe.written == before
    }
    // 16 kB each: what socket buffers hold, not what memory holds.
    #expect(await probe.written < 4000)
    #expect(await !probe.isCancelled)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    try await wait(until: "the writer is told that the reader is gone") { await probe.isCancelled }
    await server.shutDown(within: .seconds(10))
  }

  @Test func aSlowReceiverHoldsTheSenderBack() async throws {
    let (world, probe, sent) = (try World(), Probe(), Counter())
    let server = try await world.server(probe: probe)
    let client = try world.client()
    let task = Task {
      try await client.send(
        .stream("/v1/count") { lines in
          for _ in 0..<3000 {
            try await lines.write(Echo(text: String(repeating: "y", count: 16_000)))
            sent.add()
          }
        }, to: server.destination, expecting: .anyone, as: Echo.self
      ).text
    }
    try await wait(until: "the sender stands still") {
      let before = sent.value
      guard await probe.waiting == 1, before > 0 else { return false }
      try await Task.sleep(for: .milliseconds(500))
      return sent.value == before
    }
    #expect(sent.value < 2500)
    await probe.release()
    #expect(try await limited { try await task.value } == "3000")
    await server.shutDown(within: .seconds(10))
  }

  @Test func cancellationStopsAHandlerThatWrites() async throws {
    let (world, probe) = (try World(), Probe())
    let server = try await world.server(probe: probe)
    let client = try world.client()
    let task = Task {
      try await client.exchange(.get("/v1/numbers"), with: server.destination, expecting: .anyone) {
        response in
        while try await response.next() != nil {}
      }
    }
    try await wait(until: "it runs") { await probe.written > 10 }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    try await wait(until: "the handler is cancelled") { await probe.isCancelled }
    await server.shutDown(within: .seconds(10))
  }

  @Test func cancellationStopsAHandlerThatWaits() async throws {
    let (world, probe) = (try World(), Probe())
    let server = try await world.server(probe: probe)
    let client = try world.client()
    let task = Task {
      try await client.send(
        .get("/v1/wait"), to: server.destination, expecting: .anyone, as: Echo.self)
    }
    try await wait(until: "it waits") { await probe.waiting == 1 }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    try await wait(until: "the handler is cancelled") { await probe.isCancelled }
    await server.shutDown(within: .seconds(10))
  }

  @Test func anAnswerThatBreaksOffIsNotTakenForWhole() async throws {
    let world = try World()
    let server = try await world.server()
    let client = try world.client()
    await #expect(throws: PeerClientError.connectionLost(server.destination)) {
      try await client.exchange(.get("/v1/broken"), with: server.destination, expecting: .anyone) {
        try await $0.messages(Echo.self) { #expect($0.text == "one") }
      }
    }
    await server.shutDown(within: .seconds(10))
  }

  @Test func aRequestThatCannotBeMadeSaysWhy() async throws {
    struct Mine: Error {}
    let world = try World()
    let server = try await world.server()
    let client = try world.client()
    await #expect(throws: Mine.self) {
      try await client.send(
        .stream("/v1/count") { _ in throw Mine() }, to: server.destination, expecting: .anyone,
        as: Echo.self)
    }
    await server.shutDown(within: .seconds(10))
  }
}
