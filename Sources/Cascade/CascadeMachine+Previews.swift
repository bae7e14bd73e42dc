import SearchModel

/// What is near is shown while others are still to say what they hold: a stage is matched when all
/// have, and until then those that have are matched among themselves. It tells the final ranking
/// nothing, and a far server cannot delay a near one.
extension CascadeMachine {
  /// Begins a preview when it is time and there is somebody to show who was not shown yet.
  mutating func previewIfDue() {
    guard let due = nextPreview, now >= due else { return }
    let members = covered.filter { states[$0]?.isReadyToMatch ?? false }
      .prefix(min(limits.previewWidth, limits.concurrentAsks / 2))
    guard !isAwaiting(.matches), members.contains(where: { heard[$0] == nil }) else {
      // A moment later there may be.
      nextPreview = now + limits.previewDelay
      return
    }
    openRound(of: Array(members), isUrgent: true)
    // Each later one has as much more time to be worth its messages.
    nextPreview = now + (now - stageBegan) * 2
  }

  /// What is on its way for a preview is not waited for any more, and not called off: that would cost
  /// the connection, which a far server is long in making.
  mutating func endPreview() {
    nextPreview = nil
    for (number, ask) in openAsks where ask.kind == .matches {
      openAsks[number]?.kind = .overtaken
    }
    waitingAsks.removeAll { $0.kind == .matches }
  }
}
