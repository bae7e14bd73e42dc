import Foundation
import RouteTracing
import RouterBands

/// A route for people, and the JSON document of `nearfind route --json`: either the way from here,
/// or the way by which the central server found this machine, with the band that it decided.
struct RouteReport: Codable, Hashable, Sendable {
  enum Origin: String, Codable, Hashable, Sendable {
    /// Traced by this machine.
    case here
    /// Traced by the central server, towards this machine.
    case centralServer
  }

  struct Hop: Codable, Hashable, Sendable {
    /// From 1 on.
    var position: Int
    /// Left out for a silent hop.
    var address: String?
    var milliseconds: Double?
  }

  struct Band: Codable, Hashable, Sendable {
    var key: String
    var reasons: [String]
  }

  var version = 1
  /// As the user wrote it; left out where an address was given.
  var name: String?
  var address: String
  var origin: Origin
  /// The routers before the destination.
  var hops: [Hop]
  /// Where the destination stands; left out when that is not known.
  var position: Int?
  /// The round trip to the destination; left out when it stayed silent.
  var milliseconds: Double?
  /// Who sent a probe back without taking it further; left out when nobody did.
  var refusedBy: String?
  /// Left out in a report from here: the central server decides it from its own trace.
  var band: Band?

  /// What this machine sees.
  init(from route: TracedRoute, name: String) {
    let address = route.destination.description
    self.init(
      name: name == address ? nil : name, address: address, origin: .here,
      hops: Self.hops(of: route.path), position: route.answeredAt,
      milliseconds: route.roundTrip.map(Self.milliseconds),
      refusedBy: route.refusedBy?.description)
  }

  /// What the central server saw and decided.
  init(of decision: BandDecision, peer: IPAddress) {
    self.init(
      name: nil, address: peer.description, origin: .centralServer,
      hops: Self.hops(of: decision.path), position: decision.position.value,
      band: Band(key: decision.key.description, reasons: decision.reasons))
  }

  private init(
    name: String?, address: String, origin: Origin, hops: [Hop], position: Int?,
    milliseconds: Double? = nil, refusedBy: String? = nil, band: Band? = nil
  ) {
    self.name = name
    self.address = address
    self.origin = origin
    self.hops = hops
    self.position = position
    self.milliseconds = milliseconds
    self.refusedBy = refusedBy
    self.band = band
  }

  /// Whether nobody answered at all.
  var isSilent: Bool {
    position == nil && refusedBy == nil && hops.allSatisfy { $0.address == nil }
  }

  func lines(_ style: TerminalStyle) -> [String] {
    let target = TerminalText.printable(name.map { "\($0) (\(address))" } ?? address)
    var lines = [
      origin == .here
        ? "From here to \(target):" : "From the central server to this machine, \(target):"
    ]
    var rows = hops
    if let position {
      rows.append(Hop(position: position, address: address, milliseconds: milliseconds))
    }
    let width = rows.map { ($0.address ?? "*").count }.max() ?? 0
    for row in rows {
      let number = String(repeating: " ", count: max(0, 3 - "\(row.position)".count))
      let time = row.milliseconds.map { String(format: "%8.2f ms", $0) } ?? ""
      let who = DisplayWidth.padded(row.address ?? "*", to: time.isEmpty ? 0 : width)
      let ink: TerminalStyle.Ink =
        row.address == nil ? .faint : row.position == position ? .name : .folder
      lines.append("\(number)\(row.position)  \(style.paint(who, ink))\(time)")
    }
    if position == nil {
      lines.append(
        isSilent ? "Nobody on the way answered, nor did \(address)." : "\(address) did not answer.")
    }
    if let refusedBy { lines.append("\(refusedBy) did not let the probes pass.") }
    return lines + [""] + bandLines(style)
  }

  private func bandLines(_ style: TerminalStyle) -> [String] {
    guard let band else {
      return [
        "The band of this machine is not known from here: the central server decides it",
        "from its own trace in the other direction, which may take another way.",
      ]
    }
    return ["Band: " + style.paint(band.key, .name)] + band.reasons.map(TerminalText.printable)
  }

  private static func hops(of path: RouterPath) -> [Hop] {
    path.hops.enumerated().map { index, hop in
      Hop(
        position: index + 1, address: hop.address?.description,
        milliseconds: hop.roundTrip.map(milliseconds))
    }
  }

  /// Rounded to a microsecond, which is more than can be measured.
  private static func milliseconds(_ duration: Duration) -> Double {
    (duration / .microseconds(1)).rounded() / 1000
  }
}
