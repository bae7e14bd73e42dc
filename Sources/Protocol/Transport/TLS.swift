import NIOSSL

/// TLS as it is used between peers: version 1.3 and nothing older, no names of hosts, and the check
/// of the other side's certificate always by ``CertificateVerifier``, never by the library's own
/// rules, which would tell neither who it is nor what is wrong.
enum TLS {
  /// Asks the client for a certificate; what is to come of none, the server decides.
  static func serverContext(_ credentials: PeerCredentials) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: try chain(of: credentials), privateKey: try key(of: credentials))
    configuration.minimumTLSVersion = .tlsv13
    configuration.certificateVerification = .optionalVerification
    // Not asked by us, and the system's own list takes long to read.
    configuration.trustRoots = .certificates([])
    return try NIOSSLContext(configuration: configuration)
  }

  /// - Parameter credentials: nil for a client that has none yet.
  static func clientContext(_ credentials: PeerCredentials?) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv13
    configuration.certificateVerification = .noHostnameVerification
    configuration.trustRoots = .certificates([])
    if let credentials {
      configuration.certificateChain = try chain(of: credentials)
      configuration.privateKey = try key(of: credentials)
    }
    return try NIOSSLContext(configuration: configuration)
  }

  /// With the authority's own certificate, so that who knows only its fingerprint can check it.
  private static func chain(of credentials: PeerCredentials) throws -> [NIOSSLCertificateSource] {
    try [credentials.certificateDER, credentials.authority.der].map {
      .certificate(try NIOSSLCertificate(bytes: $0, format: .der))
    }
  }

  private static func key(of credentials: PeerCredentials) throws -> NIOSSLPrivateKeySource {
    .privateKey(try NIOSSLPrivateKey(bytes: Array(credentials.key.pem.utf8), format: .pem))
  }

  static func der(of certificates: [NIOSSLCertificate]) -> [[UInt8]] {
    // One that cannot be written again cannot be read either; it then fails as malformed.
    certificates.prefix(4).map { (try? $0.toDERBytes()) ?? [] }
  }
}
