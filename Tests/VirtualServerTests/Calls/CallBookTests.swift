import Protocol
import TestSupport
import Testing

@testable import VirtualServer

/// Who may be called, how often, and whose calls are answered by whom.
@Suite struct CallBookTests {
  private let ann = try! World.node("ann", "laptop")  // The names are names.
  private let bob = try! World.node("bob", "host")
  private let cat = try! World.node("cat", "pc")

  private func book(_ change: (inout CallLimits) -> Void = { _ in }) -> CallBook {
    var limits = CallLimits()
    limits.rate = .init(perSecond: 1, burst: 1_000)
    change(&limits)
    return CallBook(limits: limits)
  }

  @Test func onlyWhoWaitsIsCalled() throws {
    var book = book()
    #expect(throws: CallBook.Refusal.notListening(bob)) {
      try book.call(bob, by: ann, now: 0)
    }
    let (listener, former) = book.listen(bob)
    #expect(former == nil)
    let call = try book.call(bob, by: ann, now: 0)
    #expect(call.listener == listener)
    #expect(book.isPending(call.number))
    // Nobody answers for another.
    let outcomes = [cat, bob, bob].map { book.finish(call.number, by: $0) }
    #expect(outcomes == [false, true, false])
    #expect(book.pendingCount == 0)
  }

  @Test func aNewRequestTakesThePlaceOfTheOld() throws {
    var book = book()
    let first = book.listen(bob).listener
    let lost = try book.call(bob, by: ann, now: 0).number
    let (second, former) = book.listen(bob)
    #expect(former == first)
    let kept = try book.call(bob, by: ann, now: 0)
    #expect(kept.listener == second)
    // What the old one had is lost with it, and only that.
    let lostWithFirst = book.leave(bob, listener: first)
    #expect(lostWithFirst == [lost])
    #expect(book.isPending(kept.number) && book.listenerCount == 1)
    let lostWithSecond = book.leave(bob, listener: second)
    #expect(lostWithSecond == [kept.number])
    #expect(throws: CallBook.Refusal.notListening(bob)) {
      try book.call(bob, by: ann, now: 0)
    }
  }

  @Test func callsAreLimited() throws {
    var book = book {
      $0.pendingPerNode = 3
      $0.pending = 5
    }
    _ = book.listen(bob)
    _ = book.listen(cat)
    let calls = try (0..<3).map { _ in try book.call(bob, by: ann, now: 0).number }
    #expect(throws: CallBook.Refusal.tooMany(limit: 3)) { try book.call(bob, by: ann, now: 0) }
    for _ in 0..<2 { _ = try book.call(cat, by: ann, now: 0) }
    #expect(throws: CallBook.Refusal.tooMany(limit: 5)) { try book.call(cat, by: ann, now: 0) }
    let isOver = book.finish(calls[0], by: nil)
    #expect(isOver)
    _ = try book.call(cat, by: ann, now: 0)
  }

  @Test func callersAreHeldToARate() throws {
    var book = book { $0.rate = .init(perSecond: 0.5, burst: 2) }
    _ = book.listen(bob)
    for _ in 0..<2 { _ = try book.call(bob, by: ann, now: 1_000) }
    #expect(throws: CallBook.Refusal.tooOften(retryAfter: 2)) {
      try book.call(bob, by: ann, now: 1_000)
    }
    // Others are not held to it, and time makes up for it.
    _ = try book.call(bob, by: cat, now: 1_000)
    _ = try book.call(bob, by: ann, now: 3_000)
  }
}
