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

/// A line of the answer to a ``LocalSearchRequest``: each is whole, and better than the one before.
public struct LocalSearchAnswer: Hashable, Sendable, Codable {
  /// Whether no better one follows.
  public var isLast: Bool
  public var answer: RelaxedAnswer
  /// For words that match nothing: spellings near them, nearest first.
  public var spellings: [String: [String]]
  public var coverage: SearchCoverage

  public init(
    answer: RelaxedAnswer, spellings: [String: [String]], coverage: SearchCoverage,
    isLast: Bool = true
  ) {
    self.isLast = isLast
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
    /// Other groups too; ``SearchCoverage/servers`` says which.
    case network
  }

  public var scope: Scope
  /// How many records this machine's own files or group have that were searched.
  public var recordCount: Int
  /// Nodes of the group whose records are not all in its index yet.
  public var incompleteNodes: [String]
  /// Why it is less than was asked for, or the answer of the group's standby instead of its virtual
  /// server's; nil otherwise.
  public var shortfall: String?
  /// The virtual servers that the search came to; nil where only this machine was searched.
  public var servers: CascadeCoverage?

  public init(
    scope: Scope, recordCount: Int, incompleteNodes: [String] = [], shortfall: String? = nil,
    servers: CascadeCoverage? = nil
  ) {
    self.scope = scope
    self.recordCount = recordCount
    self.incompleteNodes = incompleteNodes
    self.shortfall = shortfall
    self.servers = servers
  }
}

/// `POST /v1/local/index` and `POST /v1/local/forget`. The paths are bytes, because names of folders
/// need not be text.
public struct LocalFoldersRequest: Hashable, Sendable, Codable {
  public var folders: [[UInt8]]
  /// To index: who may see them from now on; nil for who may already, or everyone.
  public var visibility: Visibility?

  public init(folders: [[UInt8]], visibility: Visibility? = nil) {
    self.folders = folders
    self.visibility = visibility
  }
}

/// `POST /v1/local/visibility`: who may see a folder that is shared. The answer is ``LocalDone``.
public struct LocalVisibilityRequest: Hashable, Sendable, Codable {
  public var folder: [UInt8]
  public var visibility: Visibility

  public init(folder: [UInt8], visibility: Visibility) {
    self.folder = folder
    self.visibility = visibility
  }
}

/// A line of the answer to `POST /v1/local/index`: how far it is, again and again, and last how it
/// ended.
public enum LocalIndexNews: Sendable, Codable {
  case progress(IndexingProgress)
  case done(LocalIndexAnswer)
  case failed(ProblemDocument)
}

extension ProblemDocument {
  static let daemonEnds = ProblemDocument(
    .shuttingDown, status: 503, title: "It was not finished",
    detail: "nearfind up has ended. What was read is kept.",
    remedy: "The same command goes on from here.")
}

/// What an indexing came to: numbers of what was done.
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
  /// Why the central server does not let this machine in; nil while it does.
  public var refusal: String?
  public var band: BandInformation?
  public var group: UInt64?
  public var epoch: UInt64?
  public var virtualServer: NetworkEndpoint?
  /// The node that the virtual server runs on.
  public var host: String?
  /// The node that keeps a second copy of the group's index; nil if none does.
  public var standby: String?
  /// Whether that copy holds all.
  public var isStandbyReady = false
  /// How many nodes are attached, and how many may be; of a virtual server only.
  public var clientCount: Int?
  public var limitCount: Int?
  /// Whether the virtual server answers.
  public var isGroupReachable = false
  public var publication: PublicationState?
  /// Where other nodes fetch this machine's files; nil where they cannot.
  public var filePort: UInt16?
  /// When the certificate ends, in seconds since 1970.
  public var certificateExpiry: Int64?

  public init(processID: Int32, role: Role) {
    self.processID = processID
    self.role = role
  }
}

/// The answer to `GET /v1/local/band-statement`.
public struct LocalBandAnswer: Hashable, Sendable, Codable {
  /// Nil while nothing proves which band this machine is in.
  public var statement: BandStatement?
}

/// The answer to what has nothing to say.
public struct LocalDone: Hashable, Sendable, Codable {
  public init() {}
}
