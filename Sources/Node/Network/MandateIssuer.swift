import Foundation
import Protocol
import Synchronization

/// Lets the group's coordinator ask in this machine's name: one mandate for each coordinator, used for
/// half of its time, so that whoever verifies it has seen it before. With a lock, because searches run
/// beside each other.
final class MandateIssuer: Sendable {
  private struct Issued {
    var mandate: Mandate
    var certificate: [UInt8]
    var renewal: Date
  }

  private let credentials: CredentialStore
  private let now: @Sendable () -> Date
  private let issued = Mutex<[String: Issued]>([:])

  init(_ credentials: CredentialStore, now: @escaping @Sendable () -> Date = { Date() }) {
    self.credentials = credentials
    self.now = now
  }

  /// - Returns: nil for a host that no node can be; then what is asked is what everyone may see.
  func mandate(for server: GroupServer) -> Mandate? {
    let present = credentials.credentials
    let time = now()
    return issued.withLock { issued in
      if let known = issued[server.host], known.certificate == present.certificateDER,
        // A clock that was set back must not leave one that seems to last too long.
        abs(known.renewal.timeIntervalSince(time)) <= Mandate.lifetime / 2, time < known.renewal
      {
        return known.mandate
      }
      guard let name = try? PeerName(server.host),
        let mandate = try? Mandate(for: name, by: present, now: time)
      else { return nil }
      issued = issued.filter { $0.value.renewal > time }
      issued[server.host] = Issued(
        mandate: mandate, certificate: present.certificateDER,
        renewal: time.addingTimeInterval(Mandate.lifetime / 2))
      return mandate
    }
  }
}
