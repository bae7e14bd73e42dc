import Placement
import Testing

@testable import CentralServer

@Suite("rows that are not stored yet") struct UncommittedRowsTests {
  private let a = RowChange.putNode(Samples.node("a"))
  private let b = RowChange.putNode(Samples.node("b"))

  private func begun(
    _ rows: inout UncommittedRows
  ) throws -> (batch: UInt64, changes: [RowChange]) {
    let batch = rows.begin()
    return try #require(batch)
  }

  @Test func whatComesDuringACommitGoesIntoTheNext() throws {
    var rows = UncommittedRows()
    #expect(rows.isEmpty)
    let nothing = rows.begin()
    #expect(nothing?.batch == nil)
    rows.add([a])
    #expect(rows.lastBatch == 1)
    let first = try begun(&rows)
    #expect(first.batch == 1 && first.changes == [a])
    #expect(rows.lastBatch == 1, "what is under way is what is waited for")
    rows.add([b])
    let second = rows.begin()
    #expect(second?.batch == nil, "one commit at a time")
    #expect(rows.lastBatch == 2)
    #expect(rows.touches(NodeID("a"), groups: []) && rows.touches(NodeID("b"), groups: []))
    rows.succeed()
    #expect(!rows.touches(NodeID("a"), groups: []) && rows.touches(NodeID("b"), groups: []))
    let last = try begun(&rows)
    #expect(last.changes == [b])
  }

  @Test func whatFailedIsTriedAgainUnlessSomethingNewerIsKnown() throws {
    var rows = UncommittedRows()
    rows.add([a, b])
    _ = rows.begin()
    let newer = RowChange.putNode(Samples.node("a", band: 2))
    rows.add([newer])
    rows.fail()
    let next = try begun(&rows)
    #expect(Set(next.changes) == [newer, b])
  }

  @Test func aRowIsKeptOnceHoweverOftenItChanges() throws {
    var rows = UncommittedRows()
    for number in 0..<100 {
      rows.add([
        .putVirtualServer(Samples.server(1, host: "h", clients: number)),
        .removeVirtualServer(GroupID(2)), .putLastNumber(UInt64(number)),
      ])
    }
    #expect(rows.touches(NodeID("x"), groups: [GroupID(2)]))
    let batch = try begun(&rows)
    #expect(batch.changes.count == 3)
  }

  @Test func aNewStartForgetsTheRowsAndRepeatsNoNumber() throws {
    var rows = UncommittedRows()
    rows.add([a])
    _ = rows.begin()
    rows.add([b])
    var next = UncommittedRows(after: rows)
    #expect(next.isEmpty)
    next.add([a])
    let batch = try begun(&next)
    #expect(batch.batch > rows.lastBatch)
  }
}

@Suite("leading") struct LeadingTests {
  @Test func aLeaderTrustsInItsTermForLessThanTheStoreWaits() {
    var leading = Leading(patience: 1000)
    #expect(!leading.canAnswer(at: 0))
    leading.begin(Term(3), askedAt: 0)
    #expect(leading.canAnswer(at: 799) && !leading.canAnswer(at: 800))
    leading.confirm(Term(2), askedAt: 500)
    #expect(!leading.canAnswer(at: 800), "an earlier term confirms nothing")
    leading.confirm(Term(3), askedAt: 500)
    #expect(leading.canAnswer(at: 1299) && !leading.canAnswer(at: 1300))
    let other = Leader(address: "b:1", term: Term(4))
    leading.end(leader: other)
    #expect(!leading.canAnswer(at: 501) && leading.leader == other && leading.term == nil)
  }
}

@Suite("the book of revocations") struct RevocationBookTests {
  private func entry(
    _ subject: RevocationSubject, _ name: String, _ revision: UInt64, isRevoked: Bool = true
  ) -> RevocationEntry {
    RevocationEntry(
      subject: subject, name: name, isRevoked: isRevoked, revision: revision, time: Samples.now)
  }

  @Test func differencesAreHandedOnInParts() throws {
    let book = RevocationBook(most: 2)
    #expect(book.delta(after: 0) == nil)
    book.apply(
      RevocationChanges(
        entries: [
          entry(.user(UserSerial(1)), "alice", 1), entry(.node(NodeID("n1")), "n1", 2),
          entry(.node(NodeID("n2")), "n2", 3),
        ], isLast: true))
    let first = try #require(book.delta(after: 0))
    #expect(first.users == ["alice"] && first.nodes == ["n1"] && first.revision == 2)
    let second = try #require(book.delta(after: 2))
    #expect(second.nodes == ["n2"] && second.revision == 3)
    #expect(book.delta(after: 3) == nil && book.delta(after: .max) == nil)
    book.apply(
      RevocationChanges(
        entries: [entry(.user(UserSerial(1)), "alice", 4, isRevoked: false)], isLast: true))
    let all = try #require(RevocationBook.whole(of: book))
    #expect(all.users.isEmpty && all.restoredUsers == ["alice"] && all.nodes == ["n1", "n2"])
  }
}

extension RevocationBook {
  /// All parts together.
  fileprivate static func whole(of book: RevocationBook) -> (
    users: [String], nodes: [String], restoredUsers: [String]
  )? {
    var result: (users: [String], nodes: [String], restoredUsers: [String]) = ([], [], [])
    var revision: UInt64 = 0
    while let delta = book.delta(after: revision) {
      guard delta.revision > revision else { return nil }
      result.users += delta.users
      result.nodes += delta.nodes
      result.restoredUsers += delta.restoredUsers
      revision = delta.revision
    }
    return result
  }
}
