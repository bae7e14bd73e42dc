import Protocol
import Testing

@testable import Node

/// Which way is tried first.
@Suite struct WayMemoryTests {
  private func node(_ name: String) throws -> NodeIdentity {
    NodeIdentity(user: try PeerName(name), node: try PeerName("pc"))
  }

  @Test func whatFailedIsTriedLastForAWhile() throws {
    var memory = WayMemory(age: 1_000, capacity: 2)
    let (ann, bob, cat) = (try node("ann"), try node("bob"), try node("cat"))
    #expect(memory.order(for: ann, now: 0) == [.callBack, .relay])
    memory.note(.callBack, worked: false, for: ann, now: 0)
    #expect(memory.order(for: ann, now: 999) == [.relay, .callBack])
    #expect(memory.order(for: bob, now: 999) == [.callBack, .relay])
    #expect(memory.order(for: ann, now: 1_000) == [.callBack, .relay])
    memory.note(.callBack, worked: false, for: ann, now: 500)
    // A relay that fails says nothing of calling back.
    memory.note(.relay, worked: false, for: ann, now: 600)
    #expect(memory.order(for: ann, now: 700) == [.relay, .callBack])
    memory.note(.callBack, worked: true, for: ann, now: 700)
    #expect(memory.order(for: ann, now: 700) == [.callBack, .relay])
    // No more are kept than there is room for, until what is kept is too old.
    for node in [ann, bob, cat] { memory.note(.callBack, worked: false, for: node, now: 2_000) }
    #expect(memory.order(for: cat, now: 2_000) == [.callBack, .relay])
    memory.note(.callBack, worked: false, for: cat, now: 3_000)
    #expect(memory.order(for: cat, now: 3_000) == [.relay, .callBack])
  }
}
