import Foundation

/// The files that lay a network out and let its hosts join.
struct LabScript {
  private static let port = 7000

  private let layout: LayoutCommands
  private let folder: URL
  private let answersWithoutLimit: Bool

  init(core: Router, folder: URL, answersWithoutLimit: Bool) throws {
    layout = LayoutCommands(core)
    self.folder = folder
    self.answersWithoutLimit = answersWithoutLimit
  }

  func write(joining hosts: [String], at central: String, probe: String) throws {
    let inNamespace = Self.inNamespace
    var lines = ["'\(probe)' central \(Self.port) \(hosts.count)"].map {
      "\(inNamespace)central \($0) >central.found 2>central.errors & central=$!"
    }
    lines += hosts.map { name in
      "\(inNamespace)\(name) '\(probe)' join \(name) \(central) \(Self.port) "
        + ">\(name).found 2>\(name).errors & hosts=\"${hosts-} $!\""
    }
    // `set -e` ends the script with the first that failed.
    lines += ["wait $central", "for host in $hosts; do wait $host; done"]
    try write(running: lines.joined(separator: "\n"))
  }

  private static let inNamespace = "nsenter --net=/run/netns/"

  /// - Parameter commands: for bash, once the network is there.
  func write(running commands: String) throws {
    let inNamespace = Self.inNamespace
    try write(layout.names.map { "netns add \($0)" }, to: "namespaces")
    try write(layout.cables, to: "cables")
    for (name, lines) in layout.inside { try write(lines, to: name + ".commands") }
    for (name, text) in layout.filters { try write([text], to: name + ".filter") }
    try write(settings(), to: "settings")
    try write(settings(forwarding: true), to: "router-settings")
    var lines = [
      "set -eu", "trap 'for job in $(jobs -p); do kill $job || true; done 2>/dev/null' EXIT",
      "cd '\(folder.path)'", "mount -t tmpfs tmpfs /run", "mkdir /run/netns",
      "ip -batch namespaces",
    ]
    lines += layout.names.map { name in
      let file = layout.routers.contains(name) ? "router-settings" : "settings"
      return "\(inNamespace)\(name) sh \(file)"
    }
    lines.append("ip -batch cables")
    lines += layout.names.map { "ip -n \($0) -batch \($0).commands" }
    lines += layout.filters.keys.sorted().map { "\(inNamespace)\($0) nft -f \($0).filter" }
    lines.append(commands)
    try write(lines, to: "run")
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

  private func write(_ lines: [String], to name: String) throws {
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: folder.appending(path: name))
  }
}
