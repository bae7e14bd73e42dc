public import Protocol
public import SearchModel

/// What the programs of this machine's user ask the daemon, over its Unix socket.

/// `POST /v1/local/search`.
public struct LocalSearchRequest: Hashable, Sendable, Codable {
  public var search: GroupSearchRequest

  public init(search: GroupSearchRequest) {
    self.search = search
  }
}

/// The answer to a ``LocalSearchRequest``.
public struct LocalSearchAnswer: Hashable, Sendable, Codable {
  public var answer: RelaxedAnswer
  /// For words that match nothing: spellings near them, nearest first.
  public var spellings: [String: [String]]
  public var coverage: SearchCoverage

  public init(
    answer: RelaxedAnswer, spellings: [String: [String]], coverage: SearchCoverage
  ) {
    self.answer = answer
    self.spellings = spellings
    self.coverage = coverage
  }
}

/// What an answer covers.
public struct SearchCoverage: Hashable, Sendable, Codable {
  public enum Scope: String, Hashable, Sendable, Codable {
    /// This machine's own files.
    case ownFiles
    /// All files of the group of nodes that this machine is in.
    case group
  }

  public var scope: Scope
  /// How many records were searched.
  public var recordCount: Int
  /// Nodes of the group whose records are not all in its index yet.
  public var incompleteNodes: [String]
  /// Why it is only ``Scope/ownFiles`` although the machine is in a network; nil otherwise.
  public var shortfall: String?

  public init(
    scope: Scope, recordCount: Int, incompleteNodes: [String] = [], shortfall: String? = nil
  ) {
    self.scope = scope
    self.recordCount = recordCount
    self.incompleteNodes = incompleteNodes
    self.shortfall = shortfall
  }
}

/// `POST /v1/local/index` and `POST /v1/local/forget`. The paths are bytes, because names of folders
/// need not be text.
public struct LocalFoldersRequest: Hashable, Sendable, Codable {
  public var folders: [[UInt8]]

  public init(folders: [[UInt8]]) {
    self.folders = folders
  }
}

/// The answer to `POST /v1/local/index`: numbers of what was done.
public struct LocalIndexAnswer: Hashable, Sendable, Codable {
  public var fileCount: Int
  public var changeCount: Int
  public var readCount: Int
  public var readByteCount: Int64
  public var unreadableCount: Int
  public var postponedCount: Int
  public var publishedCount: Int
  /// Shares that could not be looked at.
  public var absences: [String]
}

/// The answer to `POST /v1/local/forget`: the paths of the shares that ended.
public struct LocalForgetAnswer: Hashable, Sendable, Codable {
  public var folders: [[UInt8]]
}

/// The answer to `GET /v1/local/status`.
public struct DaemonStatus: Hashable, Sendable, Codable {
  public enum Role: String, Hashable, Sendable, Codable {
    /// The machine works for itself.
    case alone
    /// In a network, and in no group yet.
    case seeking
    case virtualServer
    case attached
  }

  public var processID: Int32
  public var role: Role
  /// As `user` and `node`; nil for a machine by itself.
  public var user: String?
  public var node: String?
  public var centralServers: [String] = []
  /// Whether the last report to the central server was answered.
  public var isCentralReachable = false
  public var band: BandInformation?
  public var group: UInt64?
  public var epoch: UInt64?
  public var virtualServer: NetworkEndpoint?
  /// The node that the virtual server runs on.
  public var host: String?
  /// How many nodes are attached, and how many may be; of a virtual server only.
  public var clientCount: Int?
  public var limitCount: Int?
  /// Whether the virtual server answers.
  public var isGroupReachable = false
  public var publication: PublicationState?
  /// When the certificate ends, in seconds since 1970.
  public var certificateExpiry: Int64?

  public init(processID: Int32, role: Role) {
    self.processID = processID
    self.role = role
  }
}

/// The answer to what has nothing to say.
public struct LocalDone: Hashable, Sendable, Codable {
  public init() {}
}
