import Synchronization

/// Hands out user numbers of the range that Debian and systemd keep for users that exist for one
/// process only (61184 to 65519), in turn.
enum UnownedUser {
  private static let first = 61_184
  private static let count = 4_336
  private static let issued = Atomic<Int>(0)

  static func next() -> Int {
    first + issued.wrappingAdd(1, ordering: .relaxed).oldValue % count
  }
}
