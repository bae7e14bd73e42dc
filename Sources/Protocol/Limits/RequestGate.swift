/// How many requests are served at once, in all and of one peer. Pure.
struct RequestGate: Sendable {
  let total: Int
  let perKey: Int
  private(set) var count = 0
  private var byKey: [String: Int] = [:]

  init(total: Int, perKey: Int) {
    self.total = total
    self.perKey = perKey
  }

  /// - Returns: whether the request may go on; then ``leave(_:)`` must follow.
  mutating func enter(_ key: String) -> Bool {
    guard count < total, byKey[key, default: 0] < perKey else { return false }
    count += 1
    byKey[key, default: 0] += 1
    return true
  }

  mutating func leave(_ key: String) {
    count -= 1
    guard let present = byKey[key] else { return }
    byKey[key] = present > 1 ? present - 1 : nil
  }
}
