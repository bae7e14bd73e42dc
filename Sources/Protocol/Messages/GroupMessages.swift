public import SearchModel

/// `GET /v1/position`: what a virtual server holds of the node that asks. The certificate says
/// which node that is.
public struct PublicationPosition: Hashable, Sendable, Codable {
  public var group: UInt64
  public var epoch: UInt64
  /// Which catalog the records are of; nil if there are none.
  public var catalog: String?
  /// Changes up to this number are committed.
  public var sequence: Int64
  /// While a node publishes everything anew: the number up to which removals count as made.
  public var base: Int64
  public var recordCount: Int
  /// How many records the node may have here.
  public var quota: Int

  public init(
    group: UInt64, epoch: UInt64, catalog: String?, sequence: Int64, base: Int64,
    recordCount: Int, quota: Int
  ) {
    self.group = group
    self.epoch = epoch
    self.catalog = catalog
    self.sequence = sequence
    self.base = base
    self.recordCount = recordCount
    self.quota = quota
  }
}

/// `POST /v1/records`: the next changes of a node's catalog.
public struct PublicationRequest: Hashable, Sendable, Codable {
  public var group: UInt64
  public var epoch: UInt64
  public var catalog: String
  /// The position that these changes follow; refused where the virtual server stands elsewhere.
  public var after: Int64
  /// The position when they are made.
  public var sequence: Int64
  public var base: Int64
  /// Whether everything that the virtual server holds of the node is taken out first.
  public var startsAnew: Bool
  public var changes: [RecordChange]

  public init(
    group: UInt64, epoch: UInt64, catalog: String, after: Int64, sequence: Int64, base: Int64,
    startsAnew: Bool, changes: [RecordChange]
  ) {
    self.group = group
    self.epoch = epoch
    self.catalog = catalog
    self.after = after
    self.sequence = sequence
    self.base = base
    self.startsAnew = startsAnew
    self.changes = changes
  }
}

/// The answer to a ``PublicationRequest``, sent after the commit that holds the changes.
public struct PublicationAnswer: Hashable, Sendable, Codable {
  /// Committed up to here.
  public var sequence: Int64

  public init(sequence: Int64) {
    self.sequence = sequence
  }
}

/// `POST /v1/presence`: an attached node tells its virtual server that it lives.
public struct PresenceMessage: Hashable, Sendable, Codable {
  public var group: UInt64
  public var incarnation: UInt64
  /// Nil from a node that knows of no standbys.
  public var offer: StandbyOffer?
  /// Nil from a node that gives no files.
  public var files: FileOffer?

  public init(
    group: UInt64, incarnation: UInt64, offer: StandbyOffer? = nil, files: FileOffer? = nil
  ) {
    self.group = group
    self.incarnation = incarnation
    self.offer = offer
    self.files = files
  }
}

/// The answer to a ``PresenceMessage``.
public struct PresenceAnswer: Hashable, Sendable, Codable {
  public var group: UInt64
  public var epoch: UInt64
  /// Whether records are taken now: the virtual server holds its lease.
  public var takesRecords: Bool
  /// To the node that is to stand by; nil to all others.
  public var order: StandbyOrder?
  /// Who stands by; nil if nobody does yet.
  public var standby: GroupStandby?

  public init(
    group: UInt64, epoch: UInt64, takesRecords: Bool, order: StandbyOrder? = nil,
    standby: GroupStandby? = nil
  ) {
    self.group = group
    self.epoch = epoch
    self.takesRecords = takesRecords
    self.order = order
    self.standby = standby
  }
}
