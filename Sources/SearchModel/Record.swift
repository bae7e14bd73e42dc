/// One shared file's entry in an index. The file itself stays at its owner.
///
/// The fields are those of the paper's index table (`filename, directory, filesize, title,
/// user_serial_id, userid, keyword`) and ours beside them. All text is as the owner's machine has
/// it; normalisation is the business of text analysis.
public struct Record: Hashable, Sendable, Codable {
  public var key: RecordKey

  /// The file's own name with its extension, without a folder.
  public var filename: String

  /// The folder the file is in, as the owner shows it to others: components separated by `/`,
  /// without a leading or trailing one. Empty for a file at the top.
  public var directory: String

  /// In bytes.
  public var size: Int64

  /// Seconds since 1970-01-01T00:00:00Z; negative before.
  public var modified: Int64

  /// The title that the content gives itself; empty while unknown or where there is none.
  public var title: String

  public var keywords: [String]

  /// What an extractor read in the file, indexed for searching but not stored by an engine: a
  /// record that comes back from one has an empty text.
  public var text: String

  /// Nil until the content has been read.
  public var contentHash: ContentHash?

  public var owner: Owner

  /// Which share of its owner it is of: indexed, so that views can leave it out, but not given back
  /// by an engine. Nil where that is not known; then no view leaves it out.
  public var share: ShareLabel?

  public init(
    key: RecordKey, filename: String, directory: String = "", size: Int64 = 0,
    modified: Int64 = 0, title: String = "", keywords: [String] = [], text: String = "",
    contentHash: ContentHash? = nil, owner: Owner = .local, share: ShareLabel? = nil
  ) {
    self.key = key
    self.filename = filename
    self.directory = directory
    self.size = size
    self.modified = modified
    self.title = title
    self.keywords = keywords
    self.text = text
    self.contentHash = contentHash
    self.owner = owner
    self.share = share
  }
}

/// Who shares a file: the paper's `user_serial_id` and `userid`.
public struct Owner: Hashable, Sendable, Codable {
  /// The number that the central server gave the user; 0 before there was one.
  public var userSerialID: Int64

  /// The name that the user chose; the search filter `owner:` compares it.
  public var userID: String

  public init(userSerialID: Int64, userID: String) {
    self.userSerialID = userSerialID
    self.userID = userID
  }

  /// The owner of records on a machine that has not joined a network.
  public static let local = Owner(userSerialID: 0, userID: "local")
}
