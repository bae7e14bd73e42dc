import Synchronization

/// A request's place among those that are served at once, given up once.
final class RequestSeat: Sendable {
  private let give: Mutex<(@Sendable () -> Void)?>

  init(_ give: @escaping @Sendable () -> Void) {
    self.give = Mutex(give)
  }

  func leave() {
    give.withLock { $0.take() }?()
  }
}
