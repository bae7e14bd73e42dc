/// How many connections there are, in all and from each address. Pure.
struct ConnectionCounts: Sendable {
  let total: Int
  let perAddress: Int
  private(set) var count = 0
  private var byAddress: [String: Int] = [:]

  enum Refusal: Error, Hashable, Sendable {
    case tooMany(limit: Int)
    case tooManyFromAddress(String, limit: Int)
  }

  init(total: Int, perAddress: Int) {
    self.total = total
    self.perAddress = perAddress
  }

  /// - Parameter address: nil where addresses mean nothing, as on a Unix socket.
  mutating func open(from address: String?) throws(Refusal) {
    guard count < total else { throw .tooMany(limit: total) }
    if let address {
      let present = byAddress[address, default: 0]
      guard present < perAddress else {
        throw .tooManyFromAddress(address, limit: perAddress)
      }
      byAddress[address] = present + 1
    }
    count += 1
  }

  mutating func close(from address: String?) {
    count -= 1
    guard let address, let present = byAddress[address] else { return }
    byAddress[address] = present > 1 ? present - 1 : nil
  }
}
