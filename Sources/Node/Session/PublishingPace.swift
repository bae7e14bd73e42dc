/// When to publish while more changes are on their way. A commit costs an index much the same for
/// one change as for a thousand, so they are few: when the changes waiting have grown to a part of
/// all that was published, or to as many as are held in memory, or when they have waited long.
struct PublishingPace: Sendable {
  private static let leastCount: Int64 = 5_000
  private static let mostCount = Int64(Publisher.commitCount)
  private static let longestWait: Duration = .seconds(20)

  private var lastSequence: Int64
  private var lastTime: ContinuousClock.Instant
  private var publishedCount: Int64 = 0

  init(sequence: Int64, now: ContinuousClock.Instant) {
    lastSequence = sequence
    lastTime = now
  }

  /// - Parameter sequence: the catalog's last.
  func isDue(sequence: Int64, now: ContinuousClock.Instant) -> Bool {
    let waiting = sequence - lastSequence
    guard waiting > 0 else { return false }
    return waiting >= min(max(Self.leastCount, publishedCount / 4), Self.mostCount)
      || now - lastTime >= Self.longestWait
  }

  mutating func published(sequence: Int64, now: ContinuousClock.Instant) {
    publishedCount += sequence - lastSequence
    lastSequence = sequence
    lastTime = now
  }
}
