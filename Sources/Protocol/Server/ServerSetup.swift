import Foundation
import NIOCore

/// What a server listens on, whom it lets in and what it gives to each.
public struct ServerSetup: Sendable {
  enum Address: Sendable {
    case network(host: String, port: Int)
    case unixSocket(path: String)
  }

  enum Admission: Sendable {
    case certificates(CredentialStore, ClientCertificates)
    /// The user of the machine that runs this process, and nobody else, not even root.
    case sameUser
    /// Every program on this machine; the handlers ask for more.
    case anyProgram
  }

  /// What is asked of who connects.
  public enum ClientCertificates: Sendable, Hashable {
    /// A certificate of the authority; without one nothing is answered but what is wrong.
    case required
    /// One may be missing, but then only these paths are answered, exactly as written here.
    case optional(openPaths: Set<String>)
  }

  let address: Address
  let admission: Admission
  public var limits = ServerLimits()
  /// Whose requests are taken at all; the handlers decide the rest.
  public var accepts = ExpectedPeer.anyone
  /// The wall clock that certificates are checked by.
  public var now: @Sendable () -> Date = { Date() }
  /// Sees the listening channel before it is bound, to set options on its socket.
  public var prepareListener: @Sendable (any Channel) -> EventLoopFuture<Void> = {
    $0.eventLoop.makeSucceededVoidFuture()
  }
  /// Sees each accepted channel before any byte of it is read. What it returns is handed to the
  /// handlers as ``ServerConnection/note``. Runs on the channel's event loop and must not block.
  public var observeAccepted: @Sendable (any Channel) -> EventLoopFuture<(any Sendable)?> = {
    $0.eventLoop.makeSucceededFuture(nil)
  }

  /// A server for peers: TLS 1.3 with certificates on both sides.
  ///
  /// - Parameter port: 0 for one that is free.
  public static func network(
    host: String, port: Int, credentials: CredentialStore,
    clientCertificates: ClientCertificates = .required
  ) -> ServerSetup {
    ServerSetup(
      address: .network(host: host, port: port),
      admission: .certificates(credentials, clientCertificates))
  }

  /// A server for browsers on this machine: plain HTTP on the loopback address. Callers are
  /// ``Caller/stranger``s until the handlers know better.
  ///
  /// - Parameter port: 0 for one that is free.
  public static func loopback(port: Int) -> ServerSetup {
    ServerSetup(address: .network(host: "127.0.0.1", port: port), admission: .anyProgram)
  }

  /// A server for the programs of one user of this machine, on a Unix socket of mode 0600.
  ///
  /// - Parameter path: in a folder of its own, which is made with mode 0700 or must have it. A socket
  ///   that is left there is replaced: see first that no other process has its use.
  public static func local(path: String) -> ServerSetup {
    ServerSetup(address: .unixSocket(path: path), admission: .sameUser)
  }
}

/// Why a server does not start.
public enum ServerStartError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Stop what listens there, or choose another port.
  case addressInUse(String)
  /// Choose a port above 1023, or grant the right to use this one.
  case notPermitted(String)
  /// The machine has no such address.
  case addressUnusable(String, reason: String)
  /// The folder of the socket cannot be used.
  case folder(SecretFileError)

  public var description: String {
    switch self {
    case .addressInUse(let address):
      "\(address) is in use. Stop what listens there or choose another."
    case .notPermitted(let address):
      "Listening on \(address) is not permitted. Choose a port above 1023."
    case .addressUnusable(let address, let reason):
      "Listening on \(address) is impossible: \(reason). Choose an address of this machine."
    case .folder(let error): "\(error)"
    }
  }
}
