import Foundation
public import SearchModel

/// How files are asked for, from node to node, by what they hold:
/// - `GET /v1/files/HASH/pieces`: the hashes of all pieces of 1 MiB, 32 bytes each, one behind another;
///   nothing for a file of one piece, whose hash is `HASH`;
/// - `GET /v1/files/HASH?from=OFFSET&count=COUNT`: so many bytes from there on.
public enum FilePaths {
  public static let bytesRoute = "/v1/files/:hash"
  public static let piecesRoute = "/v1/files/:hash/pieces"

  public static func pieces(of hash: ContentHash) -> String {
    "/v1/files/\(hash.hexadecimal)/pieces"
  }

  public static func bytes(_ range: Range<Int64>, of hash: ContentHash) -> String {
    "/v1/files/\(hash.hexadecimal)?from=\(range.lowerBound)&count=\(range.count)"
  }
}

/// What a node says of its serving files, with each sign of life.
public struct FileOffer: Hashable, Sendable, Codable {
  /// Where it does, at the address that the virtual server sees.
  public var port: UInt16

  public init(port: UInt16) {
    self.port = port
  }
}

/// A node that has a file, and where it gives it.
public struct FileSource: Hashable, Sendable, Codable {
  /// Whom the certificate at the other end must name.
  public var node: NodeIdentity
  /// Nil where it is not known.
  public var endpoint: NetworkEndpoint?
  /// The virtual server where the node can be called if it cannot be reached; nil for that of the
  /// searcher's own group.
  public var server: CallingServer?

  public init(node: NodeIdentity, endpoint: NetworkEndpoint?, server: CallingServer? = nil) {
    self.node = node
    self.endpoint = endpoint
    self.server = server
  }

  /// Whether the record may be this node's: its key says so.
  public func mayHave(_ key: RecordKey) -> Bool { KeySpace(of: node).contains(key) }
}

/// A virtual server that brings calls to its nodes.
public struct CallingServer: Hashable, Sendable, Codable {
  /// The node that it runs on, as its certificate names it.
  public var host: String
  public var endpoint: NetworkEndpoint

  public init(host: String, endpoint: NetworkEndpoint) {
    self.host = host
    self.endpoint = endpoint
  }
}

extension ProblemCode {
  /// The node shares no file of this content, or not with who asks.
  public static let notShared = Self(rawValue: "not-shared")
  /// The file is not what it was when it was hashed. It is hashed again.
  public static let fileChanged = Self(rawValue: "file-changed")
  /// The file cannot be read.
  public static let fileUnreadable = Self(rawValue: "file-unreadable")
}
