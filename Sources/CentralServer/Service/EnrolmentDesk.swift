import Placement
import Protocol
import RouterBands

/// Registers users, lets nodes in and signs their certificates.
///
/// A node is named after its key. The same key is the same node, however often it logs in; and who
/// has no private key cannot ask for a node's certificate.
struct EnrolmentDesk: Sendable {
  let enrolment: Enrolment
  let authority: CertificateAuthority
  let clock: CentralClock

  /// - Throws: ``EnrolmentError``, `SigningRequestProblem`, `PeerNameProblem`.
  func register(
    _ request: RegistrationRequest, from address: IPAddress
  ) async throws -> EnrolmentGrant {
    // What is wrong with the request is found before there is a user.
    let key = try SignableKey(request.certificateRequest)
    if let identifier = try? UserIdentifier(request.userid) { _ = try PeerName(identifier.name) }
    let user = try await enrolment.register(
      userid: request.userid, password: request.password,
      invitation: request.invitation.map { InvitationToken(typed: $0) }, from: address,
      at: clock.wallMoment)
    return try await admit(key, of: user)
  }

  /// - Throws: as ``register(_:from:)``.
  func login(_ request: LoginRequest, from address: IPAddress) async throws -> EnrolmentGrant {
    let key = try SignableKey(request.certificateRequest)
    let user = try await enrolment.login(
      userid: request.userid, password: request.password, from: address, at: clock.wallMoment)
    return try await admit(key, of: user)
  }

  /// - Parameter caller: whom the certificate in use names.
  /// - Throws: as ``register(_:from:)``; ``EnrolmentError/keyUnusable`` for another key than that of
  ///   the certificate in use.
  func renew(_ request: RenewalRequest, of caller: NodeIdentity) async throws -> EnrolmentGrant {
    let key = try SignableKey(request.certificateRequest)
    guard key.node.name == caller.node.text else { throw EnrolmentError.keyUnusable }
    let serial = try await enrolment.serial(of: caller.user.text)
    return try await grant(key, user: caller.user, serial: serial)
  }

  /// - Throws: ``EnrolmentError``.
  func changePassword(
    _ request: PasswordChange, of caller: NodeIdentity, from address: IPAddress
  ) async throws {
    try await enrolment.changePassword(
      userid: caller.user.text, from: request.present, to: request.new, from: address,
      at: clock.wallMoment)
  }

  private func admit(_ key: SignableKey, of user: User) async throws -> EnrolmentGrant {
    try await enrolment.addNode(key.node, of: user.serial, at: clock.wallMoment)
    return try await grant(key, user: PeerName(user.identifier.name), serial: user.serial)
  }

  private func grant(
    _ key: SignableKey, user: PeerName, serial: UserSerial
  ) async throws -> EnrolmentGrant {
    let identity = NodeIdentity(user: user, node: try PeerName(key.node.name))
    let now = clock.date
    let der = try authority.issueCertificate(
      for: key.request, identity: .node(identity), now: now)
    let certificate = try CertificateVerifier(authority: authority.certificate)
      .certificate(from: [der])
    // Noted before it is handed out: no certificate is good that the operator cannot see.
    try await enrolment.note(
      IssuedCertificate(
        serial: certificate.serialNumber.hexadecimal, node: key.node,
        issued: Moment(certificate.issued), expires: Moment(certificate.notAfter)))
    return EnrolmentGrant(
      userSerialID: serial.number, userid: user.text, node: key.node.name,
      certificate: PEMText.certificate(der),
      expiry: Int64(certificate.notAfter.timeIntervalSince1970),
      now: Int64(now.timeIntervalSince1970))
  }
}

/// A key that a certificate is asked for, and the node that it makes.
private struct SignableKey {
  /// DER.
  let request: [UInt8]
  let node: NodeID

  init(_ pem: String) throws(SigningRequestProblem) {
    request = try PEMText.certificateRequestDER(pem)
    let fingerprint = try KeyFingerprint(ofSigningRequest: request)
    node = NodeID("n-" + String(fingerprint.bytes.base32.prefix(24)))
  }
}

extension [UInt8] {
  fileprivate var hexadecimal: String {
    map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
  }

  /// Five bits a letter, the last incomplete letter left out.
  fileprivate var base32: String {
    let letters = [Character]("abcdefghijklmnopqrstuvwxyz234567")
    var text = ""
    var (bits, count): (UInt32, Int) = (0, 0)
    for byte in self {
      bits = bits << 8 | UInt32(byte)
      count += 8
      while count >= 5 {
        count -= 5
        text.append(letters[Int(bits >> count & 31)])
      }
    }
    return text
  }
}
