/// How far the indexing of shares is.
public struct IndexingProgress: Hashable, Sendable, Codable {
  public enum Phase: String, Hashable, Sendable, Codable, CaseIterable {
    /// Names are taken into the catalog.
    case scanning
    /// Changes go into the index.
    case publishing
    /// Contents are read.
    case reading
  }

  public var phase: Phase
  /// Files in the phases ``Phase/scanning`` and ``Phase/reading``, changes in ``Phase/publishing``.
  public var done: Int
  /// Nil while unknown: a scan learns of the files as it goes.
  public var total: Int?
  /// Bytes of content, in the phase ``Phase/reading``.
  public var bytesDone: Int64 = 0
  public var bytesTotal: Int64 = 0
  /// Since the phase began.
  public var elapsed: Duration

  /// What is done in a second, in the unit of ``done``; 0 before anything is.
  public var rate: Double {
    let seconds = elapsed / .seconds(1)
    return seconds > 0 ? Double(done) / seconds : 0
  }
}

/// What one call of the indexing did.
public struct IndexingSummary: Hashable, Sendable {
  /// Files that were looked at.
  public var fileCount = 0
  /// Rows of the catalog that were written by looking: new, changed, gone.
  public var changeCount = 0
  /// Files whose content was read, and how many bytes.
  public var readCount = 0
  public var readByteCount: Int64 = 0
  /// Files whose content could not be read; the catalog knows why.
  public var unreadableCount = 0
  /// Files that changed or went just before they were read: the next look tells.
  public var postponedCount = 0
  /// Changes that the index took.
  public var publishedCount = 0
  /// What was met on the way, at most ``maximumNoteCount``; ``noteCount`` counts all.
  public var notes: [ScanNote] = []
  public var noteCount = 0
  /// Shares that could not be looked at, with the reason; their records stay as they are.
  public var absences: [String] = []

  public static let maximumNoteCount = 1_000

  public init() {}

  mutating func add(_ step: ShareScanner.Step) {
    fileCount += step.fileCount
    changeCount += step.changeCount
    noteCount += step.notes.count
    notes += step.notes.prefix(max(0, Self.maximumNoteCount - notes.count))
  }
}
