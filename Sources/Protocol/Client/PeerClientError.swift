/// Why a request got no answer, told apart by what the caller can do. An answer that refuses is a
/// ``ProblemDocument``, which is thrown as it is.
public enum PeerClientError: Error, Hashable, Sendable {
  /// Nobody took the connection. Try later or elsewhere; nothing was sent.
  case unreachable(PeerDestination, reason: String)
  /// The other side is not who is meant, or not in order. Nothing was sent.
  case certificate(CertificateProblem, at: PeerDestination)
  /// The other side ended the handshake. The usual cause is that it does not take our certificate.
  /// Nothing was answered.
  case handshakeRefused(PeerDestination)
  /// It took longer than allowed. The request may have been served.
  case timedOut(PeerDestination, Stage)
  /// The connection ended early. The request may have been served.
  case connectionLost(PeerDestination)
  /// What came is no answer that is understood here.
  case unintelligible(PeerDestination, reason: String)
  /// The client was shut down.
  case shutDown

  /// What took too long.
  public enum Stage: String, Hashable, Sendable {
    case connecting, handshake, answer
  }
}

extension PeerClientError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreachable(let destination, let reason):
      "\(destination) cannot be reached: \(reason). Check the address, and that it is running."
    case .certificate(let problem, let destination): "\(destination): \(problem) \(problem.remedy)"
    case .handshakeRefused(let destination):
      "\(destination) does not accept this machine's certificate. Check that both belong to the "
        + "same central server, and log in again."
    case .timedOut(let destination, let stage):
      "\(destination) took too long (\(stage.rawValue)). Try again."
    case .connectionLost(let destination): "\(destination) ended the connection early. Try again."
    case .unintelligible(let destination, let reason):
      "The answer of \(destination) cannot be understood: \(reason) Update Nearfind on both machines."
    case .shutDown: "This process is ending."
    }
  }
}

/// Where a peer listens.
public enum PeerDestination: Hashable, Sendable, CustomStringConvertible {
  /// An address or a host's name; names play no part in who the peer is.
  case network(host: String, port: Int)
  case unixSocket(path: String)
  /// Somebody opens a tunnel to it whenever a connection is needed.
  case tunnel(TunnelWay)

  public var description: String {
    switch self {
    case .network(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unixSocket(let path): path
    case .tunnel(let way): way.name
    }
  }
}
