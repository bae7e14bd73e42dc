import Foundation
import Protocol
import SearchModel
import TestSupport
import Testing

/// What strangers, broken nodes and slow ones send: each is refused, and others do not notice.
@Suite(.serialized, .timeLimit(.minutes(5))) struct HostileProcessTests {
  private let world: World
  private let server: ServerProcess
  private let node: TestNode
  private let other: TestNode

  init() async throws {
    world = try World()
    let (ann, bob) = (try World.node("ann", "laptop"), try World.node("bob", "desk"))
    server = try await ServerProcess(world, host: try World.node("host", "tower"))
    node = try await server.node(ann)
    other = try await server.node(bob)
    try await server.serve([ann, bob])
    try await other.publish(other.changes(["steady"]))
  }

  /// JSON of any form.
  private indirect enum JSON: Encodable, Sendable {
    case number(Double)
    case text(String)
    case flag(Bool)
    case null
    case list([JSON])
    case object([String: JSON])

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .number(let value): try container.encode(value)
      case .text(let value): try container.encode(value)
      case .flag(let value): try container.encode(value)
      case .null: try container.encodeNil()
      case .list(let values): try container.encode(values)
      case .object(let values): try container.encode(values)
      }
    }

    /// Any value; its names are those of the messages, so that much of it is nearly right.
    static func any(_ generator: inout SeededGenerator, depth: Int = 0) -> JSON {
      switch generator.number(0...(depth < 6 ? 9 : 4)) {
      case 0: return .number(Double(generator.number(-3...3)))
      case 1: return .number([1e300, -1e18, 0.5, 9.3e18].randomElement(using: &generator)!)
      case 2: return .text(["", "a", "..", "catalog", "한"].randomElement(using: &generator)!)
      case 3: return .flag(generator.happens(0.5))
      case 4: return .null
      case 5, 6:
        return .list(
          (0..<generator.number(0...4)).map { _ in any(&generator, depth: depth + 1) })
      default:
        let names = [
          "group", "epoch", "catalog", "after", "sequence", "base", "startsAnew", "changes", "put",
          "remove", "_0", "key", "filename", "owner", "request", "query", "limit", "offset", "all",
          "word", "isStrict", "incarnation", "sort", "facets",
        ]
        var object: [String: JSON] = [:]
        for _ in 0..<generator.number(0...12) {
          object[names.randomElement(using: &generator)!] = any(&generator, depth: depth + 1)
        }
        return .object(object)
      }
    }
  }

  private func expectUnharmed() async throws {
    #expect(try await other.find("steady") == ["steady"])
    #expect(try await other.search(.everything).recordCount == 1)
    #expect(server.program.isRunning)
  }

  @Test func messagesOfAnyFormAreRefused() async throws {
    let seed: UInt64 = 555
    var generator = SeededGenerator(seed: seed)
    for number in 0..<300 {
      let path = ["/v1/records", "/v1/presence", "/v1/search"].randomElement(using: &generator)!
      let message = JSON.any(&generator)
      let refusal = try await node.refusal {
        do {
          let _: [String: Int] = try await node.send(.post(path, message))
        } catch is JSONProblem {
          // It was a message after all, and was answered.
        }
      }
      if let refusal {
        #expect(
          [.malformed, .otherEpoch, .forbidden, .otherPosition]
            .contains(refusal.code), "seed \(seed), message \(number): \(refusal)")
      }
    }
    try await expectUnharmed()
    try await server.program.kill()
  }

  @Test func whatIsTooLargeIsRefused() async throws {
    var record = node.record("large")
    record.text = String(repeating: "x ", count: 5 << 20)
    var request = try node.changes(["large"])
    request.changes = [.put(record)]
    let large = request
    #expect(try await node.refusal { try await node.publish(large) }?.code == .tooLarge)
    request.changes = (0...PublicationLimits.changeCount).map { .remove(RecordKey("\($0)")!) }
    let many = request
    #expect(try await node.refusal { try await node.publish(many) }?.code == .malformed)
    var deep = Query.words("a")
    for _ in 0..<220 { deep = .not(deep) }
    let nested = deep
    #expect(try await node.refusal { _ = try await node.search(nested) }?.code == .malformed)
    for (limit, offset) in [(-1, 0), (0, -1), (1_001, 0), (1, 10_000), (1, .max)] {
      let search = GroupSearchRequest(
        request: SearchRequest(query: .everything, limit: limit, offset: offset))
      let refusal = try await node.refusal {
        let _: GroupSearchAnswer = try await node.send(.post("/v1/search", search))
      }
      #expect(refusal?.code == .malformed, "\(limit), \(offset)")
    }
    // As much as may be is taken: a long text, and a query as deep as is analysed.
    record.text = String(repeating: "word ", count: 50_000)
    request.changes = [.put(record)]
    try await node.publish(request)
    #expect(try await node.find("large") == ["large"])
    deep = .words("steady")
    for _ in 0..<25 { deep = .any([.words("absent"), .all([deep])]) }
    #expect(try await other.search(deep).answer.answer.hits.count == 1)
    try await server.program.kill()
  }

  @Test func bytesBeforeTheHandshakeHarmNobody() async throws {
    let seed: UInt64 = 77
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<100 {
      let descriptor = try Self.connect(to: node.port)
      defer { close(descriptor) }
      var bytes = (0..<generator.number(0...2_000)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      // The beginning of a TLS record.
      if generator.happens(0.5) { bytes = [0x16, 3, 1, 2, 0, 1, 0, 1, 252] + bytes }
      _ = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }
    try await expectUnharmed()
    try await server.program.kill()
  }

  @Test func whoDoesNotReadDelaysNobody() async throws {
    let names = (0..<3_000).map { "\(String(repeating: "long ", count: 30))\($0)" }
    for start in stride(from: 0, to: names.count, by: 1_000) {
      try await node.publish(
        node.changes(Array(names[start..<start + 1_000]), after: Int64(start)))
    }
    let search = GroupSearchRequest(
      request: SearchRequest(
        query: .words("long"), limit: 1_000, collapsesDuplicates: false), isStrict: true)
    let isDone = Flag()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<6 {
        let client = try world.client(.node(node.identity))
        let (host, port) = (node.host, Int(node.port))
        group.addTask {
          try await client.exchange(
            .post("/v1/search", search), with: .network(host: "127.0.0.1", port: port),
            expecting: .node(host)
          ) { _ in
            // The head of the answer came; the rest stays where it is.
            try await wait(until: "the others to be served") { await isDone.isSet }
          }
        }
      }
      for _ in 0..<10 { #expect(try await other.find("steady") == ["steady"]) }
      await isDone.set()
      try await group.waitForAll()
    }
    try await server.program.kill()
  }

  @Test func searchesThatAreGivenUpDelayNobody() async throws {
    for _ in 0..<20 {
      let search = Task { try await node.search(.words("steady"), isStrict: false) }
      await Task.yield()
      search.cancel()
      _ = await search.result
    }
    try await expectUnharmed()
    try await server.program.kill()
  }

  private actor Flag {
    private(set) var isSet = false
    func set() { isSet = true }
  }

  private static func connect(to port: UInt16) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    try #require(descriptor >= 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(status == 0)
    return descriptor
  }
}
