/// A network as a tree: routers with segments below them, hosts and further routers on the
/// segments. Addresses follow from the places: a segment's router has number 1, its members 11 and
/// up. Whoever is no core has its way up at `eth0`.
struct Router: Sendable {
  enum Behaviour {
    case plain
    /// Forwards, and never says a word about it.
    case silent
    /// Hides the IPv4 addresses below it behind its own.
    case translating
    /// The same, and drops whatever is for itself.
    case translatingQuietly
  }

  var name: String
  var behaviour = Behaviour.plain
  var segments: [Segment]
  /// What its way up is like; nil for one without delay and loss.
  var farness: Farness?

  /// A way that takes long and loses a part of what goes through it, in each direction.
  struct Farness: Sendable {
    var milliseconds: Int
    var loss: Double
  }

  init(_ name: String, _ behaviour: Behaviour = .plain, _ segments: Segment...) {
    self.init(name, behaviour, segments)
  }

  init(_ name: String, _ behaviour: Behaviour = .plain, _ segments: [Segment]) {
    self.name = name
    self.behaviour = behaviour
    self.segments = segments
  }

  var isTranslating: Bool {
    switch behaviour {
    case .plain, .silent: false
    case .translating, .translatingQuietly: true
    }
  }
}

/// A link with a router and others on it.
struct Segment: Sendable {
  /// The first three numbers of its IPv4 /24.
  var prefix: String
  /// The first groups of its IPv6 /64; nil for none.
  var prefix6: String?
  var members: [Member]

  init(_ prefix: String, _ prefix6: String? = nil, _ members: [Member]) {
    self.prefix = prefix
    self.prefix6 = prefix6
    self.members = members
  }

  var gateway: String { prefix + ".1" }
  var gateway6: String? { prefix6.map { $0 + "::1" } }

  func address(ofMember index: Int) -> String { "\(prefix).\(11 + index)" }
  func address6(ofMember index: Int) -> String? { prefix6.map { "\($0)::\(11 + index)" } }
}

indirect enum Member: Sendable {
  case host(Host)
  case router(Router)

  var name: String {
    switch self {
    case .host(let host): host.name
    case .router(let router): router.name
    }
  }

  static func hosts(_ band: String, _ names: String...) -> [Member] {
    names.map { .host(Host(name: $0, band: band)) }
  }
}

struct Host: Sendable {
  var name: String
  /// What the people who laid out the network call the band that it is in.
  var band: String
  /// Drops every probe.
  var isQuiet = false
}

/// A host with the routers above it, its own first, and the segments by which they are reached.
struct Placed: Sendable {
  var host: Host
  var address: String
  var address6: String?
  /// The routers from the host up to the core, with the segment on which each was met and its own
  /// address on the way up from there.
  var way: [(router: Router, segment: Segment)]

  /// What a trace to the central server shows: each router by its address on this side.
  var forwardPath: [String?] {
    way.map { $0.router.behaviour == .silent ? nil : $0.segment.gateway }
  }

  var forwardPath6: [String?] {
    way.map { $0.router.behaviour == .silent ? nil : $0.segment.gateway6 }
  }
}

extension Router {
  /// Every host below, in the order of the layout.
  var hosts: [Placed] { placed(below: []) }

  private func placed(below above: [(router: Router, segment: Segment)]) -> [Placed] {
    segments.flatMap { segment in
      let way = [(self, segment)] + above
      return segment.members.enumerated().flatMap { index, member in
        switch member {
        case .host(let host):
          return [
            Placed(
              host: host, address: segment.address(ofMember: index),
              address6: segment.address6(ofMember: index), way: way)
          ]
        case .router(let router):
          return router.placed(below: way)
        }
      }
    }
  }
}
