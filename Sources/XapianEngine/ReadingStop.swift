internal import CXapian
import SearchModel

/// Ends a reading that nobody waits for any more. Any thread may request that, at any time.
///
/// `@unchecked Sendable`: the flag behind the pointer is atomic and lives as long as this.
final class ReadingStop: @unchecked Sendable {
  /// Nil when there was no memory for it: then the reading goes on to its end.
  fileprivate let flag: OpaquePointer?

  init() {
    flag = cxapian_stop_make()
  }

  deinit { cxapian_stop_free(flag) }

  func request() {
    if let flag { cxapian_stop_request(flag) }
  }
}

extension Part {
  /// Has calls with this part end with ``EngineError/cancelled`` once `stop` is requested; whoever
  /// sets it keeps it until it is set to nil.
  fileprivate func obey(_ stop: ReadingStop?) { cxapian_part_obey(handle, stop?.flag) }
}

extension Snapshot {
  /// Runs `body`, which ends with ``EngineError/cancelled`` a moment after `stop` was requested.
  func obeying<Result>(
    _ stop: ReadingStop, _ body: () throws(EngineError) -> Result
  ) throws(EngineError) -> Result {
    for part in parts { part.obey(stop) }
    defer {
      for part in parts { part.obey(nil) }
      withExtendedLifetime(stop) {}
    }
    return try body()
  }
}
