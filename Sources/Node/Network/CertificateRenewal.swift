import Foundation
import Protocol

/// Renews a node's certificate while it is in use, at ``CertificateLifetime/renewal``. Connections that
/// are open go on with the former one.
struct CertificateRenewal: Sendable {
  let credentials: CredentialStore
  let identity: IdentityFolder
  let central: CentralClient
  let log: @Sendable (String) -> Void
  /// Is told after the new certificate is in the folder and in use.
  let renewed: @Sendable () async -> Void

  /// Runs until the task is cancelled.
  func run() async {
    var failures = 0
    let spread = Double.random(in: 0...1)
    while !Task.isCancelled {
      let due = credentials.credentials.certificate.renewalTime(spread: spread)
      let wait = due.timeIntervalSinceNow
      if wait > 0, failures == 0 {
        // In steps, because a machine may sleep, and its clock may be set.
        try? await Task.sleep(for: .seconds(min(wait, 300)))
        continue
      }
      do {
        try await renew()
        failures = 0
      } catch {
        guard !Task.isCancelled else { return }
        log("The certificate could not be renewed: \(error)")
        let pause = min(10 * Double(1 << min(failures, 10)), 1800)
        failures += 1
        // By chance, so that all nodes do not come back at once after an outage.
        try? await Task.sleep(for: .seconds(pause * Double.random(in: 0.5...1)))
      }
    }
  }

  private func renew() async throws {
    let present = credentials.credentials
    let request = RenewalRequest(
      certificateRequest: PEMText.certificateRequest(try present.key.signingRequest()))
    let grant = try await central.renew(request, within: .seconds(30))
    let next = try PeerCredentials(
      key: present.key, certificate: PEMText.certificateDER(grant.certificate),
      authority: present.authority)
    // A clock that is behind must not make it renew without end.
    guard next.certificate.notAfter > present.certificate.notAfter else {
      throw CertificateProblem.expired(since: next.certificate.notAfter, now: Date())
    }
    try identity.store(next)
    try credentials.replace(next)
    await renewed()
  }
}
