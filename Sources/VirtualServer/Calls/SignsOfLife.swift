/// A sequence with nil in between, whenever nothing has come for a while: so that who reads it knows
/// that it still goes on.
struct SignsOfLife<Element: Sendable>: AsyncSequence {
  private let elements: AsyncStream<Element>
  private let interval: Duration

  init(_ elements: AsyncStream<Element>, every interval: Duration) {
    self.elements = elements
    self.interval = interval
  }

  func makeAsyncIterator() -> Iterator {
    let (merged, continuation) = AsyncStream<Element?>.makeStream()
    let (elements, interval) = (elements, interval)
    let task = Task {
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          for await element in elements { continuation.yield(element) }
        }
        group.addTask {
          // The interval is the point: this is the beat itself.
          while (try? await Task.sleep(for: interval)) != nil { continuation.yield(nil) }
        }
        await group.next()
        group.cancelAll()
      }
      continuation.finish()
    }
    continuation.onTermination = { _ in task.cancel() }
    return Iterator(merged: merged.makeAsyncIterator())
  }

  struct Iterator: AsyncIteratorProtocol {
    fileprivate var merged: AsyncStream<Element?>.AsyncIterator

    mutating func next() async -> Element?? { await merged.next() }
  }
}
