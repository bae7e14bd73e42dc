/// Wakes one task that waits for something to happen or for time to pass. What rings while nobody
/// waits is heard by the next wait.
actor Bell {
  private var hasRung = false
  private var waiting: CheckedContinuation<Void, Never>?

  func ring() {
    hasRung = true
    waiting?.resume()
    waiting = nil
  }

  /// Returns when it rings, at the latest after `limit`, or when the task is cancelled.
  func wait(atMost limit: Duration) async {
    if !hasRung, !Task.isCancelled {
      let alarm = Task {
        try await Task.sleep(for: limit)
        ring()
      }
      await withTaskCancellationHandler {
        await withCheckedContinuation { waiting = $0 }
      } onCancel: {
        Task { await self.ring() }
      }
      alarm.cancel()
    }
    hasRung = false
  }
}
