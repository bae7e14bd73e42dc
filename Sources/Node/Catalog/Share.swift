import SearchModel

/// A folder that is shared, with everything below it that the rules leave in.
public struct Share: Hashable, Sendable, Identifiable {
  /// The share's number in this catalog.
  public var id: Int64

  /// The absolute path of the folder, free of links and dots. It is the share's identity: record
  /// keys are made from it.
  public var root: PathBytes

  /// How the folder is called in records: the first component of their directories. Different
  /// for every share of a catalog.
  public var name: String

  /// How the share is told apart in indexes.
  public var label: ShareLabel

  /// Who may see the share beside its owner.
  public var visibility: Visibility

  /// Of the folder when it was shared: a disk that is not mounted leaves another folder behind.
  var device: Int64
  var inode: Int64

  /// When the last whole scan ended, in seconds since 1970; nil before the first.
  public var lastScan: Int64?

  /// Why the share cannot be looked at now, for people; nil when it can. Its records stay.
  public var absence: String?
}

extension RecordKey {
  /// The key of a file of a share: the same for the same path, whatever catalog holds it.
  ///
  /// 16 characters of base64url: the first 12 bytes of the SHA-256 of the share's path, a NUL and
  /// the file's path below the share.
  init(root: PathBytes, path: PathBytes) {
    self = RecordKeyMaker(root: root).key(for: path.bytes[...])
  }
}
