/// What has to be typed to make a layout of namespaces and virtual cables.
struct LayoutCommands {
  /// Of all namespaces.
  private(set) var names: [String] = []
  /// For `ip -batch` outside of the namespaces.
  private(set) var cables: [String] = []
  /// For `ip -batch` inside of each.
  private(set) var inside: [String: [String]] = [:]
  /// For `nft -f` inside of some.
  private(set) var filters: [String: String] = [:]
  private(set) var routers: [String] = []
  /// Namespaces that are nothing but a way, and what it is like.
  private(set) var ways: [(name: String, farness: Router.Farness)] = []

  /// The devices of such a namespace.
  static let wayDevices = ["near", "far"]

  init(_ core: Router) {
    add(core)
  }

  private mutating func say(_ name: String, _ command: String) {
    inside[name, default: []].append(command)
  }

  private mutating func begin(_ name: String) {
    precondition(!names.contains(name), "two namespaces are called \(name)")
    names.append(name)
    say(name, "link set lo up")
  }

  private mutating func add(_ router: Router) {
    begin(router.name)
    routers.append(router.name)
    filters[router.name] = Self.filter(router.behaviour)
    for (index, segment) in router.segments.enumerated() {
      let bridge = "lan\(index)"
      say(router.name, "link add \(bridge) type bridge")
      say(router.name, "link set \(bridge) up")
      say(router.name, "addr add \(segment.gateway)/24 dev \(bridge)")
      if let gateway = segment.gateway6 {
        say(router.name, "addr add \(gateway)/64 dev \(bridge) nodad")
      }
      for (place, member) in segment.members.enumerated() {
        connect(member, at: place, of: segment, bridge: bridge, of: router)
      }
    }
  }

  private mutating func connect(
    _ member: Member, at place: Int, of segment: Segment, bridge: String, of router: Router
  ) {
    switch member {
    case .router(let below):
      add(below)
      for prefix in below.reachable {
        say(router.name, "route add \(prefix).0/24 via \(segment.address(ofMember: place))")
      }
      if let address = segment.address6(ofMember: place) {
        for prefix in below.reachable6 {
          say(router.name, "route add \(prefix)::/64 via \(address)")
        }
      }
    case .host(let host):
      begin(host.name)
      if host.isQuiet { filters[host.name] = Self.quiet }
    }
    let port = "\(bridge)p\(place)"
    connect(port, of: router.name, to: member)
    // The port comes before the routes that were queued above.
    inside[router.name, default: []].insert(
      contentsOf: ["link set \(port) master \(bridge)", "link set \(port) up"],
      at: (inside[router.name]?.firstIndex { $0.hasPrefix("addr add \(segment.gateway)/") } ?? 0))
    inside[member.name, default: []].insert(
      contentsOf: Self.uplink(place, of: segment), at: 0)
  }

  private mutating func connect(_ port: String, of router: String, to member: Member) {
    func cable(_ device: String, _ name: String, _ other: String, _ otherName: String) -> String {
      "link add \(device) netns \(name) type veth peer name \(other) netns \(otherName)"
    }
    guard case .router(let below) = member, let farness = below.farness else {
      cables.append(cable(port, router, "eth0", member.name))
      return
    }
    let way = "way-" + member.name
    begin(way)
    ways.append((way, farness))
    cables.append(cable(port, router, Self.wayDevices[0], way))
    cables.append(cable(Self.wayDevices[1], way, "eth0", member.name))
    for device in Self.wayDevices { say(way, "link set \(device) up") }
    // One packet is one to lose.
    say(member.name, "link set eth0 gso_max_segs 1")
  }

  private static func uplink(_ place: Int, of segment: Segment) -> [String] {
    var commands = [
      "link set eth0 up", "addr add \(segment.address(ofMember: place))/24 dev eth0",
      "route add default via \(segment.gateway)",
    ]
    if let address = segment.address6(ofMember: place), let gateway = segment.gateway6 {
      commands += ["addr add \(address)/64 dev eth0 nodad", "route add ::/0 via \(gateway)"]
    }
    return commands
  }

  private static func filter(_ behaviour: Router.Behaviour) -> String? {
    switch behaviour {
    case .plain: nil
    case .silent: silent
    case .translating: translation
    case .translatingQuietly: translation + quiet
    }
  }

  private static let silent = """
    table inet silent {
      chain out {
        type filter hook output priority 0;
        icmp type { time-exceeded, destination-unreachable } drop;
        icmpv6 type { time-exceeded, destination-unreachable } drop;
      }
    }

    """
  private static let translation = """
    table ip translation {
      chain post {
        type nat hook postrouting priority 100;
        oifname "eth0" masquerade;
      }
    }

    """
  private static let quiet = """
    table inet quiet {
      chain in {
        type filter hook input priority 0;
        meta l4proto udp drop;
      }
    }

    """
}

extension Router {
  /// The IPv4 prefixes that others reach through this router.
  fileprivate var reachable: [String] {
    isTranslating ? [] : segments.map(\.prefix) + below.flatMap(\.reachable)
  }

  /// Nobody translates IPv6.
  fileprivate var reachable6: [String] {
    segments.compactMap(\.prefix6) + below.flatMap(\.reachable6)
  }

  private var below: [Router] {
    segments.flatMap(\.members).compactMap {
      if case .router(let router) = $0 { router } else { nil }
    }
  }
}
