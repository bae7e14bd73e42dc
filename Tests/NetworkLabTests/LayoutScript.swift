import Foundation

/// The files that lay a network out.
struct LayoutScript {
  static let inNamespace = "nsenter --net=/run/netns/"

  private let commands: LayoutCommands
  private let folder: URL
  private let answersWithoutLimit: Bool

  init(core: Router, folder: URL, answersWithoutLimit: Bool) {
    commands = LayoutCommands(core)
    self.folder = folder
    self.answersWithoutLimit = answersWithoutLimit
  }

  /// - Returns: the lines of a script that lay it out, after which it is there.
  func write() throws -> [String] {
    try write(commands.names.map { "netns add \($0)" }, to: "namespaces")
    try write(commands.cables, to: "cables")
    for (name, lines) in commands.inside { try write(lines, to: name + ".commands") }
    for (name, text) in commands.filters { try write([text], to: name + ".filter") }
    try write(settings(), to: "settings")
    try write(settings(forwarding: true), to: "router-settings")
    var lines = [
      "cd '\(folder.path)'", "mount -t tmpfs tmpfs /run", "mkdir /run/netns",
      "ip -batch namespaces",
    ]
    lines += commands.names.map { name in
      let file = commands.routers.contains(name) ? "router-settings" : "settings"
      return "\(Self.inNamespace)\(name) sh \(file)"
    }
    lines.append("ip -batch cables")
    lines += commands.names.map { "ip -n \($0) -batch \($0).commands" }
    lines += commands.filters.keys.sorted().map {
      "\(Self.inNamespace)\($0) nft -f \($0).filter"
    }
    lines += commands.ways.enumerated().map { number, way in
      let devices = LayoutCommands.wayDevices.joined(separator: " ")
      return "\(Self.inNamespace)\(way.name) '\(Self.farLink)' \(devices) "
        + "\(way.farness.milliseconds) \(way.farness.loss) \(number + 1) &"
    }
    return lines
  }

  /// Duplicate-address detection would keep IPv6 from forwarding for a second.
  private func settings(forwarding: Bool = false) -> [String] {
    var settings = [
      "ipv6/conf/default/accept_dad": 0, "ipv6/conf/default/dad_transmits": 0,
      "ipv6/conf/all/keep_addr_on_down": 1,
    ]
    if forwarding {
      settings["ipv4/ip_forward"] = 1
      settings["ipv6/conf/all/forwarding"] = 1
    }
    if answersWithoutLimit {
      settings["ipv4/icmp_ratelimit"] = 0
      settings["ipv6/icmp/ratelimit"] = 0
    }
    var lines = settings.sorted { $0.key < $1.key }.map {
      "echo \($0.value) > /proc/sys/net/\($0.key)"
    }
    if answersWithoutLimit {
      // Older kernels have one for all namespaces, which only the machine's root may change.
      lines.append("{ echo 100000 > /proc/sys/net/ipv4/icmp_msgs_per_sec; } 2>/dev/null || true")
      lines.append("{ echo 100000 > /proc/sys/net/ipv4/icmp_msgs_burst; } 2>/dev/null || true")
    }
    return lines
  }

  static let farLink = NetworkLab.program("FarLink")

  private func write(_ lines: [String], to name: String) throws {
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: folder.appending(path: name))
  }
}
