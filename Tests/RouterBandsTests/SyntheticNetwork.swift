import RouterBands
import TestSupport

/// A made-up internet that is known from above: what the central server sees of each host, and the
/// band that the host truly is in.
struct SyntheticNetwork {
  enum Site: CaseIterable {
    case plain, translated, carrierTranslated, privateWithoutTranslation
  }

  struct Host {
    let site: Site
    let observation: RouteObservation
    let truth: BandKey
  }

  struct Router {
    let parent: Int?
    let upperAddress: IPAddress
    let lowerAddress: IPAddress
    let isSilent: Bool
  }

  private(set) var routers: [Router] = []
  private(set) var hosts: [Host] = []

  init(using chance: inout SeededGenerator) {
    for number in 0..<chance.number(1...12) {
      routers.append(
        Router(
          parent: number == 0 || chance.happens(0.1) ? nil : chance.number(0...number - 1),
          upperAddress: Self.address(198, 18, 100 + number, 2),
          lowerAddress: Self.address(198, 18, number, 1), isSilent: chance.happens(0.25)))
    }
    for number in 0..<chance.number(2...24) {
      // Network 200 stands for the central server's own link.
      let router = chance.happens(0.1) ? nil : chance.number(0...routers.count - 1)
      hosts.append(host(number, behind: router, using: &chance))
    }
  }

  private func host(_ number: Int, behind router: Int?, using chance: inout SeededGenerator) -> Host
  {
    let site = Site.allCases.randomElement(using: &chance)!
    let network = router ?? 200
    let isPrivate = site == .privateWithoutTranslation
    let peer =
      isPrivate
      ? Self.address(10, 8, network, 10 + number) : Self.address(198, 18, network, 10 + number)
    // Every home has the same addresses inside.
    let inside: [Hop] =
      switch site {
      case .plain, .privateWithoutTranslation: []
      case .translated: [Hop(Self.address(192, 168, 0, 1))]
      case .carrierTranslated:
        [Hop(Self.address(192, 168, 0, 1)), Hop(Self.address(100, 64, 0, 1))]
      }
    let chain = self.chain(to: router)
    let upper = chain.map { Hop(routers[$0].isSilent ? nil : routers[$0].upperAddress) }
    let lower = chain.reversed().map { index in
      let address =
        isPrivate && index == router ? Self.address(10, 8, network, 1) : routers[index].lowerAddress
      return Hop(routers[index].isSilent ? nil : address)
    }
    let answers = chance.happens(0.5)
    let start = [64, 128, 255].randomElement(using: &chance)!
    let observation = RouteObservation(
      peer: peer, claimedLocal: inside.isEmpty ? peer : Self.address(192, 168, 0, 11),
      reversePath: RouterPath(upper + [Hop](repeating: .silent, count: answers ? 0 : 5)),
      answeredAt: answers ? chain.count + 1 : nil, synTTL: start - chain.count - inside.count,
      claimedPath: RouterPath(inside + lower))
    let truth: BandKey =
      if let router, !routers[router].isSilent,
        case .ipv4(let address) = routers[router].upperAddress
      {
        .router(address)
      } else {
        .network(IPPrefix(peer, length: 24))
      }
    return Host(site: site, observation: observation, truth: truth)
  }

  /// The routers from the central server to this one.
  private func chain(to router: Int?) -> [Int] {
    var chain: [Int] = []
    var next = router
    while let index = next {
      chain.insert(index, at: 0)
      next = routers[index].parent
    }
    return chain
  }

  static func address(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> IPAddress {
    .ipv4(IPv4Address(bits: UInt32(a << 24 | b << 16 | c << 8 | d)))
  }
}
