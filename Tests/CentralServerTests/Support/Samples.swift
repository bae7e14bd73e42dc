import Placement
import RouterBands

@testable import CentralServer

/// Rows to store.
enum Samples {
  static let now = Moment(milliseconds: 1_700_000_000_000)

  static func identifier(_ text: String) throws -> UserIdentifier { try UserIdentifier(text) }

  static func verifier(_ byte: UInt8 = 1) -> PasswordVerifier {
    PasswordVerifier(
      parameters: .standard, salt: Array(repeating: byte, count: 16),
      key: Array(repeating: byte, count: 32))
  }

  static func user(_ name: String, displayName: String = "") throws -> NewUser {
    NewUser(
      identifier: try identifier(name), verifier: verifier(),
      profile: UserProfile(displayName: displayName))
  }

  static func band(_ number: Int) -> BandRow {
    let router = IPv4Address(bits: 0xC612_0000 + UInt32(number))
    return BandRow(
      key: .router(router),
      path: RouterPath([
        Hop(.ipv4(IPv4Address(bits: 0xC611_0001)), roundTrip: .microseconds(1500)), .silent,
        Hop(.ipv4(router)),
      ]))
  }

  static func node(_ name: String, band: Int = 1, group: UInt64? = nil) -> NodeRow {
    NodeRow(
      node: NodeID(name),
      environment: Environment(limitCount: 10, startedAt: Moment(milliseconds: 5)),
      band: self.band(band).key, group: group.map(GroupID.init), incarnation: .max,
      lastSeen: now)
  }

  static func server(_ group: UInt64, host: String, clients: Int = 0) -> VirtualServerRow {
    VirtualServerRow(
      group: GroupID(group), band: band(1).key, host: NodeID(host),
      endpoint: Endpoint(IPAddress("2001:db8::1")!, port: 65535), clientCount: clients,
      limitCount: 10, epoch: Epoch(group))
  }

  /// Names that have broken programs before; each can be stored.
  static let hostileTexts = [
    "", "'; DROP TABLE users; --", "\"quoted\" 'twice'", "back\\slash \\' $1 ? :name @x",
    "줄과 단어", "👩‍👩‍👧‍👦🇰🇷", "e\u{301}", "\u{FFFD}\u{FEFF}\u{202E}", "line\nbreak\ttab\r",
    "%s%n{}", String(repeating: "ㅎ가x", count: 150_000),
  ]
}

extension CentralStore {
  /// Leads, whoever led before must not be alive.
  func lead(_ address: String = "central:1") async throws -> Term {
    guard case .leading(let term) = try await acquireLeadership(address: address) else {
      throw CentralStoreError.fenced(leader: nil)
    }
    return term
  }
}
