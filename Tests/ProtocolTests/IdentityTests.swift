import Foundation
import TestSupport
import Testing

@testable import Protocol

@Suite struct IdentityTests {
  @Test(arguments: [
    "", ".", "..", "a/b", "a\\b", " a", "a ", "a  b", "a\u{0}", "a\nb", "\u{202E}evil",
    "a\u{200B}b",
    "e\u{301}", "\u{AD}", "\u{E000}", "\u{A0}x", String(repeating: "x", count: 129),
  ])
  func hostileNamesAreRefused(_ text: String) {
    #expect(throws: PeerNameProblem.self) { try PeerName(text) }
  }

  @Test(arguments: ["ann", "홍길동", "é", "a b", "100%", "a:b@c?d#e", "名前", "…"])
  func namesGoThroughURIsUnchanged(_ text: String) throws {
    let identity = PeerIdentity.node(
      NodeIdentity(user: try PeerName(text), node: try PeerName("host")))
    #expect(identity.uri.utf8.allSatisfy { $0 < 0x80 })
    #expect(PeerIdentity(uri: identity.uri) == identity)
  }

  @Test func anIdentityIsWrittenInOneWay() throws {
    #expect(PeerIdentity.centralServer.uri == "nearfind://central-server")
    #expect(PeerIdentity(uri: "nearfind://central-server") == .centralServer)
    #expect(
      try PeerIdentity.node(World.node("홍", "a b")).uri == "nearfind://node/%ED%99%8D/a%20b")
    for wrong in [
      "nearfind://central-server/", "NEARFIND://central-server", "nearfind://node/a",
      "nearfind://node/a/b/c", "nearfind://node//b", "nearfind://node/a/", "nearfind://node/%61/b",
      "nearfind://node/%ed%99%8d/b", "nearfind://node/%2/b", "nearfind://node/%FF/b",
      "nearfind://node/a%2Fb/c", "nearfind://node/../b", "nearfind://node/a/b?x", "", "x",
      "nearfind://node/" + String(repeating: "a", count: 2000) + "/b",
    ] {
      #expect(PeerIdentity(uri: wrong) == nil, "\(wrong)")
    }
  }

  @Test func fingerprintsAreReadAsPeopleWriteThem() throws {
    let fingerprint = AuthorityFingerprint(certificateDER: [1, 2, 3])
    let text = fingerprint.description
    #expect(text.count == 64 && text.split(separator: "-").count == 13)
    let hexadecimal = fingerprint.bytes.map { String(format: "%02X", $0) }
    for written in [
      text, text.lowercased(), text.replacing("-", with: ""), text.replacing("-", with: " "),
      "  \(text)\n", text.replacing("0", with: "O").replacing("1", with: "l"),
      "sha256 Fingerprint=" + hexadecimal.joined(separator: ":"), hexadecimal.joined(),
    ] {
      #expect(AuthorityFingerprint(written) == fingerprint, "\(written)")
    }
    for wrong in ["", "x", String(text.dropLast()), text + "0", text.replacing("-", with: "_")] {
      #expect(AuthorityFingerprint(wrong) == nil, "\(wrong)")
    }
  }

  @Test func anAuthorityIsCreatedOnceAndClosedToOthers() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/deep/authority"
    let first = try CertificateAuthority.open(folder: path, now: Date())
    let second = try CertificateAuthority.open(folder: path, now: Date())
    #expect(first.fingerprint == second.fingerprint)
    #expect(try permissions(of: path) == 0o700)
    #expect(try permissions(of: path + "/authority.pem") == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["authority.pem"])
  }

  @Test func looseOrDamagedAuthoritiesAreRefused() throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/authority.pem"
    let made = try CertificateAuthority.open(folder: folder.path, now: Date())
    chmod(file, 0o640)
    #expect(throws: SecretFileError.loosePermissions(path: file, mode: 0o640)) {
      try CertificateAuthority.open(folder: folder.path, now: Date())
    }
    chmod(file, 0o600)
    chmod(folder.path, 0o755)
    #expect(throws: SecretFileError.loosePermissions(path: folder.path, mode: 0o755)) {
      try CertificateAuthority.open(folder: folder.path, now: Date())
    }
    chmod(folder.path, 0o700)
    let content = try Data(contentsOf: URL(fileURLWithPath: file))
    for damaged in [Data(), content.prefix(content.count / 2), content + content] {
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
      try handle.truncate(atOffset: 0)
      try handle.write(contentsOf: damaged)
      try handle.close()
      #expect {
        try CertificateAuthority.open(folder: folder.path, now: Date())
      } throws: { error in
        if case .damaged? = error as? SecretFileError { true } else { false }
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == damaged)
    }
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
    try handle.truncate(atOffset: 0)
    try handle.write(contentsOf: content)
    try handle.close()
    #expect(
      try CertificateAuthority.open(folder: folder.path, now: Date()).fingerprint
        == made.fingerprint)
  }

  @Test func authoritiesMadeAtOnceAreOne() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    let fingerprints = try await withThrowingTaskGroup(of: AuthorityFingerprint.self) { group in
      for _ in 0..<8 {
        group.addTask { try CertificateAuthority.open(folder: path, now: Date()).fingerprint }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(fingerprints.count == 1)
  }

  @Test func aNodeKeepsWhoItIs() throws {
    let world = try World()
    let place = try TemporaryFolder()
    let folder = try IdentityFolder(path: place.path + "/identity")
    #expect(try folder.credentials() == nil)
    #expect(try folder.pinnedFingerprint() == nil)
    try folder.pin(world.authority.fingerprint)
    try folder.pin(world.authority.fingerprint)
    #expect(throws: SecretFileError.self) {
      try folder.pin(AuthorityFingerprint(certificateDER: [1]))
    }
    let identity = PeerIdentity.node(try World.node("ann", "laptop"))
    for _ in 0..<2 {
      let credentials = try world.credentials(identity)
      try folder.store(credentials)
      let kept = try #require(try folder.credentials())
      #expect(kept.certificateDER == credentials.certificateDER)
      #expect(kept.identity == identity)
    }
    #expect(try permissions(of: place.path + "/identity/identity.pem") == 0o600)
    let other = try World()
    #expect(throws: CertificateProblem.self) { try folder.store(other.credentials(identity)) }
  }

  @Test func aSigningRequestMustBeSignedWithItsOwnKey() throws {
    let world = try World()
    let request = try PeerKey().signingRequest()
    let identity = PeerIdentity.node(try World.node("ann", "laptop"))
    #expect(
      try !world.authority.issueCertificate(for: request, identity: identity, now: world.now)
        .isEmpty)
    var forged = request
    // The last byte is part of the signature.
    forged[forged.count - 1] ^= 1
    #expect(throws: SigningRequestProblem.notProven) {
      try world.authority.issueCertificate(for: forged, identity: identity, now: world.now)
    }
    var generator = SeededGenerator(seed: 7)
    for count in 0..<200 {
      let bytes =
        count % 2 == 0 ? generator.bytes(count) : Array(request.prefix(count * request.count / 200))
      #expect(throws: SigningRequestProblem.self) {
        try world.authority.issueCertificate(for: bytes, identity: identity, now: world.now)
      }
    }
  }
}
