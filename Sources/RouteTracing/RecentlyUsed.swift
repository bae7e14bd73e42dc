/// A dictionary of bounded size that forgets what was not asked for lately.
///
/// Two generations: what is used stays in the young one; when that is full it becomes the old one,
/// and what was in the old one is forgotten. Every operation takes constant time.
struct RecentlyUsed<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private let capacity: Int
  private var young: [Key: Value] = [:]
  private var old: [Key: Value] = [:]

  /// - Parameter capacity: at least this many of the last used stay; at most twice as many.
  init(capacity: Int) {
    self.capacity = max(1, capacity)
  }

  var count: Int { young.count + old.keys.count { young[$0] == nil } }

  /// Looking counts as use.
  mutating func value(for key: Key) -> Value? {
    if let value = young[key] { return value }
    guard let value = old[key] else { return nil }
    set(value, for: key)
    return value
  }

  mutating func set(_ value: Value, for key: Key) {
    if young[key] == nil, young.count >= capacity {
      old = young
      young = [:]
    }
    young[key] = value
  }

  mutating func remove(_ key: Key) {
    young[key] = nil
    old[key] = nil
  }
}
