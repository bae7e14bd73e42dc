/// How long a cascade may take and how much it may do at once. Times are from the search's start.
public struct CascadeLimits: Hashable, Sendable {
  /// At this moment what is there is the answer.
  public var deadline: Duration = .seconds(2)

  /// How many virtual servers are asked at the same time, those aside that take long.
  public var concurrentAsks = 64

  /// A question that is open for so long gives its place to the next one, so that servers that hang
  /// do not keep others from being asked.
  public var slowAsk: Duration = .milliseconds(100)

  /// The most questions that are open at the same time, slow ones included.
  public var openAsks = 512

  /// Matches that are on their way at the same time, those of slow servers aside: as many as were
  /// asked for. A page far behind asks each server for all before it, so that fewer are asked at once.
  public var hitsUnderWay = 10_000

  /// From so many hits on, what cannot be on the page is dropped while answers come in. Never less
  /// than twice what the page takes.
  public var hitsHeld = 20_000

  /// The most virtual servers of one ring. Equally far ones beyond that are a ring of their own, so
  /// that a near answer costs the same in a small network and in a large one.
  public var ringWidth = 32

  /// How often one stage is matched again because statistics turned out to be old, or a server that
  /// they count did not answer.
  public var corrections = 2

  /// While fewer virtual servers than this take part, a search goes ring by ring; then each step
  /// takes in at least half as many as all before it.
  public var singleRings = 8

  /// The shortest time between two improved answers.
  public var publishInterval: Duration = .milliseconds(50)

  /// When statistics of a stage are awaited for so long, those that have given theirs are matched and
  /// shown already; no more than so many of them, the nearest, and than half of those that may be
  /// asked at once.
  public var previewDelay: Duration = .milliseconds(50)
  public var previewWidth = 32

  /// The part of the time left that is waited for statistics, so that enough remains to match with
  /// those that came.
  public var statisticsShare = 0.3

  /// The part of the time left that a ring is waited for while there are rings behind it.
  public var ringShare = 0.4

  /// The part of the time left that the last stage is waited for where those that have answered can
  /// be matched again in the rest: by the sum of their own statistics, without those that hang.
  public var lastStageShare = 0.7

  /// The most records that any virtual server is believed to have.
  public var highestDocumentCount = 300_000_000

  public init() {}
}
