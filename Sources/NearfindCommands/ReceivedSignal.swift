import Synchronization

/// The first signal that came in.
final class ReceivedSignal: Sendable {
  private let number = Atomic<Int32>(0)

  /// - Returns: whether this is the first.
  func note(_ signal: Int32) -> Bool {
    number.compareExchange(expected: 0, desired: signal, ordering: .sequentiallyConsistent)
      .exchanged
  }

  var first: Int32? {
    let value = number.load(ordering: .sequentiallyConsistent)
    return value == 0 ? nil : value
  }
}
