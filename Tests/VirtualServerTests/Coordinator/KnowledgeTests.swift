import Cascade
import SearchModel
import Testing

@testable import VirtualServer

/// What a coordinator remembers of others, and for how long it believes it.
@Suite struct KnowledgeTests {
  private static let start = ContinuousClock.now
  private static func server(_ number: UInt64) -> ServerIdentifier { ServerIdentifier(number) }

  // MARK: Reachability

  @Test func whoFailsIsLeftAloneForTwiceAsLongEachTime() {
    var reachability = Reachability()
    let server = Self.server(1)
    var now = Self.start
    #expect(!reachability.isUnreachable(server, at: now))
    for seconds in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
      reachability.failed(server, at: now)
      let end = now + .seconds(seconds)
      #expect(reachability.isUnreachable(server, at: end - .milliseconds(1)), "\(seconds) s")
      #expect(!reachability.isUnreachable(server, at: end), "\(seconds) s")
      now = end
    }
    reachability.answered(server)
    reachability.failed(server, at: now)
    #expect(!reachability.isUnreachable(server, at: now + .seconds(1)))
  }

  @Test func searchesThatMeetOneFailureCountItOnce() {
    var reachability = Reachability()
    for _ in 0..<10 { reachability.failed(Self.server(1), at: Self.start) }
    #expect(!reachability.isUnreachable(Self.server(1), at: Self.start + .seconds(1)))
    #expect(!reachability.isUnreachable(Self.server(2), at: Self.start))
  }

  @Test func whatIsNewOfAServerMakesItWorthAsking() {
    var reachability = Reachability()
    reachability.failed(Self.server(1), at: Self.start)
    reachability.forget([Self.server(1)])
    #expect(!reachability.isUnreachable(Self.server(1), at: Self.start))
  }

  // MARK: Statistics

  private static func statistics(_ number: UInt64) -> ServerStatistics {
    ServerStatistics(
      revision: Revision(number), statistics: CollectionStatistics(documentCount: Int(number)))
  }

  @Test func statisticsAreKeptByQueryAndServer() {
    var cache = StatisticsCache()
    let (first, second) = (Query.words("a"), Query.words("b"))
    cache.keep(
      [Self.server(1): Self.statistics(1), Self.server(2): Self.statistics(2)], for: first)
    cache.keep([Self.server(2): Self.statistics(5)], for: first)
    #expect(
      cache.statistics(for: first)
        == [Self.server(1): Self.statistics(1), Self.server(2): Self.statistics(5)])
    #expect(cache.statistics(for: second).isEmpty)
  }

  @Test func theLongestUnusedGoFirst() {
    var cache = StatisticsCache(capacity: 4)
    func servers(_ count: UInt64) -> [ServerIdentifier: ServerStatistics] {
      Dictionary(uniqueKeysWithValues: (1...count).map { (Self.server($0), Self.statistics($0)) })
    }
    let (first, second, third) = (Query.words("a"), Query.words("b"), Query.words("c"))
    cache.keep(servers(2), for: first)
    cache.keep(servers(2), for: second)
    _ = cache.statistics(for: first)
    cache.keep(servers(1), for: third)
    #expect(cache.statistics(for: second).isEmpty)
    #expect(cache.statistics(for: first).count == 2 && cache.statistics(for: third).count == 1)
    // One query of more servers than fit stays, alone.
    cache.keep(servers(9), for: second)
    #expect(cache.statistics(for: second).count == 9)
    #expect(cache.statistics(for: first).isEmpty && cache.statistics(for: third).isEmpty)
  }

  // MARK: Filters

  private static let (held, absent) = (TermFingerprint(11), TermFingerprint(12))

  private static func filter(_ revision: UInt64 = 1) -> TermFilter {
    TermFilter(TermFingerprints(revision: Revision(revision), [held]))
  }

  private func proof(_ book: FilterBook, _ number: UInt64 = 1, after time: Duration) -> Duration? {
    book.proofAge(of: Self.server(number), against: .term(Self.absent), at: Self.start + time)
  }

  @Test func aFilterProvesForAsLongAsItIsTrusted() {
    var book = FilterBook()
    #expect(proof(book, after: .zero) == nil)
    book.put(Self.filter(), byteCount: 100, of: Self.server(1), at: Self.start)
    #expect(proof(book, after: .zero) == .zero)
    #expect(proof(book, after: FilterBook.trust) == FilterBook.trust)
    #expect(proof(book, after: FilterBook.trust + .nanoseconds(1)) == nil)
    #expect(book.mayHold(.term(Self.absent), Self.server(1), at: Self.start + .seconds(16)))
    #expect(book.mayHold(.term(Self.held), Self.server(1), at: Self.start))
    #expect(!book.mayHold(.term(Self.absent), Self.server(1), at: Self.start))
    #expect(proof(book, 2, after: .zero) == nil)
  }

  @Test func onlyTheSameRevisionIsConfirmed() {
    var book = FilterBook()
    book.put(Self.filter(3), byteCount: 100, of: Self.server(1), at: Self.start)
    book.confirmed(Self.server(1), revision: Revision(4), at: Self.start + .seconds(10))
    #expect(proof(book, after: .seconds(16)) == nil)
    book.confirmed(Self.server(1), revision: Revision(3), at: Self.start + .seconds(10))
    #expect(proof(book, after: .seconds(16)) == .seconds(6))
    // An answer that was long on its way makes nothing younger than it is.
    book.forget([Self.server(1)])
    #expect(proof(book, after: .seconds(16)) == nil)
  }

  @Test func isAskedForWhenDueAndNotTooOften() {
    var book = FilterBook()
    let servers = (1...5).map { Self.server($0) }
    func due(_ time: Duration, limit: Int = 3) -> [UInt64] {
      book.due(among: servers, limit: limit, at: Self.start + time).map(\.server.number)
    }
    #expect(due(.zero) == [1, 2, 3])
    #expect(due(.zero).isEmpty, "as many as may be are being asked")
    book.put(Self.filter(7), byteCount: 1, of: Self.server(1), at: Self.start)
    book.failed(Self.server(2), at: Self.start)
    #expect(due(.seconds(1)) == [4, 5])
    book.put(Self.filter(), byteCount: 1, of: Self.server(3), at: Self.start - .seconds(60))
    // Old as it came, and not asked for again before its time.
    #expect(due(.seconds(4), limit: 9).isEmpty)
    let later = book.due(among: servers, limit: 9, at: Self.start + .seconds(6))
    #expect(later.map(\.server.number) == [1, 3])
    #expect(later.map(\.known) == [Revision(7), Revision(1)])
    #expect(due(FilterBook.pause + .seconds(1), limit: 9) == [2])
  }

  @Test func whoIsTooLargeForAFilterIsLeftAloneForLong() {
    var book = FilterBook()
    let server = Self.server(1)
    book.put(Self.filter(), byteCount: 100, of: server, at: Self.start)
    book.tooLarge(server, at: Self.start)
    #expect(proof(book, after: .zero) == nil, "its former filter proves nothing")
    func isDue(_ time: Duration) -> Bool {
      !book.due(among: [server], limit: 9, at: Self.start + time).isEmpty
    }
    #expect(!isDue(.seconds(31)) && !isDue(.seconds(599)))
    #expect(isDue(.seconds(600)))
  }

  @Test func theLongestUnusedFiltersGoFirst() {
    var book = FilterBook(capacity: 250)
    func put(_ number: UInt64, _ time: Duration, byteCount: Int = 100) {
      book.put(
        Self.filter(), byteCount: byteCount, of: Self.server(number), at: Self.start + time)
    }
    func held(_ time: Duration) -> [UInt64] {
      let now = Self.start + time
      for number in 1...4 {
        book.confirmed(
          Self.server(UInt64(number)), revision: Self.filter().revision, at: now)
      }
      return (1...4).filter { proof(book, $0, after: time) != nil }
    }
    put(1, .milliseconds(1))
    put(2, .milliseconds(2))
    // Those in use do not push each other out, or each would be fetched again and again.
    put(3, .milliseconds(9))
    #expect(held(.milliseconds(9)) == [1, 2])
    #expect(book.due(among: [Self.server(3)], limit: 9, at: Self.start + .seconds(60)).isEmpty)
    // Who was not looked at for long makes room.
    _ = book.due(among: [Self.server(1)], limit: 1, at: Self.start + .seconds(65))
    put(3, .seconds(70))
    #expect(held(.seconds(70)) == [1, 3])
    // A newer one of the same server takes the place of the older.
    for _ in 0..<10 { put(3, .seconds(70)) }
    #expect(held(.seconds(70)) == [1, 3])
    put(4, .seconds(71), byteCount: 900)
    #expect(held(.seconds(71)) == [1, 3])
  }
}
