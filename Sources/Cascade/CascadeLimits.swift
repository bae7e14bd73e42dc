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

  /// The part of the time left that is waited for statistics, so that enough remains to match with
  /// those that came.
  public var statisticsShare = 0.3

  /// The part of the time left that a ring is waited for while there are rings behind it.
  public var ringShare = 0.4

  /// The most records that any virtual server is believed to have.
  public var highestDocumentCount = 300_000_000

  public init() {}
}
