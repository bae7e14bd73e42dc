import Foundation
import GRDB
import SearchModel

/// Brings the catalog's rows of one share in line with what a scan lists, inside one transaction.
///
/// Rows and listing are both in the order of names, so each folder is one pass over both; what is
/// the same is not written.
struct CatalogReconciler {
  let database: Database
  let share: Share
  /// How many rows were written.
  private(set) var changeCount = 0
  private var sequence: Int64
  /// The inodes of files that are new or changed and have other names, and of those that went:
  /// nobody can tell any more whether they had.
  private var linkedInodes: Set<Int64> = []
  private let keys: RecordKeyMaker
  /// Whether content may be found for a file that is new: not in the first scan of a catalog.
  private let holdsContents: Bool
  private let insertFile: Statement
  private let selectContent: Statement

  init(_ database: Database, share: Share) throws {
    self.database = database
    self.share = share
    keys = RecordKeyMaker(root: share.root)
    sequence = try Int64.fetchOne(database, sql: "SELECT sequence FROM catalog") ?? 0
    holdsContents =
      try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM contents)") ?? false
    insertFile = try database.cachedStatement(
      sql: """
        INSERT INTO files (folder, name, size, modified, changed, device, inode, content,
            pending, sequence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """)
    selectContent = try database.cachedStatement(
      sql: """
        SELECT id FROM contents
        WHERE inode = ? AND device = ? AND size = ? AND modified = ? AND hash IS NOT NULL
        """)
  }

  /// Writes the last sequence number given out. The transaction's last step.
  func finish() throws {
    try database.execute(sql: "UPDATE catalog SET sequence = ?", arguments: [sequence])
  }

  /// The folders that hold other names of the files that are new, changed or gone, as far as the
  /// catalog knows: what happens to a file through one name is told by no event in the folders of
  /// the others.
  func placesOfOtherNames() throws -> [SharedFolder] {
    try SharedFolder.holding(inodes: linkedInodes, in: database)
  }

  /// Takes a folder's listing.
  ///
  /// - Returns: the folders in it that the catalog did not know, for a look into each.
  mutating func reconcile(_ listing: FolderListing) throws -> [PathBytes] {
    switch listing.outcome {
    case .unknown: return []
    case .gone:
      try removeFolder(listing.path)
      return []
    case .complete: break
    }
    let (folder, isNew) = try folderNumber(listing.path)
    if isNew {
      for file in listing.files { try insert(file, of: listing, in: folder) }
    } else {
      try reconcileFiles(of: listing, in: folder)
    }
    return try reconcileFolders(of: listing, in: folder, isNew: isNew)
  }

  /// Removes a folder's records and those below it.
  mutating func removeFolder(_ path: PathBytes) throws {
    let folders = try Row.fetchAll(
      database,
      sql: path.isEmpty
        ? "SELECT id, path FROM folders WHERE share = ?"
        : "SELECT id, path FROM folders WHERE share = ? AND (path = ? OR (path > ? AND path < ?))",
      arguments: path.isEmpty
        ? [share.id]
        : [
          share.id, Data(path.bytes), Data(path.bytes + [UInt8(ascii: "/")]),
          // The byte that follows the slash: everything below the folder sorts before it.
          Data(path.bytes + [UInt8(ascii: "/") + 1]),
        ])
    for row in folders {
      let id: Int64 = row["id"]
      let folderPath: Data = row["path"]
      let files = try Row.fetchAll(
        database, sql: "SELECT name, inode FROM files WHERE folder = ?", arguments: [id])
      for file in files {
        let name: Data = file[0]
        linkedInodes.insert(file[1])
        try insertRemoval(PathBytes(Array(folderPath)).appending(PathBytes(Array(name))))
      }
      try database.cachedStatement(sql: "DELETE FROM files WHERE folder = ?")
        .execute(arguments: [id])
      try database.cachedStatement(sql: "DELETE FROM folders WHERE id = ?")
        .execute(arguments: [id])
      changeCount += 1
    }
  }

  private func folderNumber(_ path: PathBytes) throws -> (Int64, isNew: Bool) {
    let select = try database.cachedStatement(
      sql: "SELECT id FROM folders WHERE share = ? AND path = ?")
    if let id = try Int64.fetchOne(select, arguments: [share.id, Data(path.bytes)]) {
      return (id, false)
    }
    let parent =
      path.isEmpty
      ? nil : try Int64.fetchOne(select, arguments: [share.id, Data(path.parent.bytes)])
    try database.cachedStatement(
      sql: "INSERT INTO folders (share, parent, path) VALUES (?, ?, ?)"
    )
    .execute(arguments: [share.id, parent, Data(path.bytes)])
    return (database.lastInsertedRowID, true)
  }

  private mutating func reconcileFolders(
    of listing: FolderListing, in folder: Int64, isNew: Bool
  ) throws -> [PathBytes] {
    let paths = listing.folders.map { listing.path.appending($0) }
    guard !isNew else { return paths }
    let statement = try database.cachedStatement(
      sql: "SELECT path FROM folders WHERE parent = ?")
    let known = Set(
      try Data.fetchAll(statement, arguments: [folder]).map { PathBytes(Array($0)) })
    for gone in known.subtracting(paths).sorted() { try removeFolder(gone) }
    return paths.filter { !known.contains($0) }
  }

  private struct KnownFile {
    let id: Int64
    let name: Data
    let status: FileStatus
  }

  private mutating func reconcileFiles(of listing: FolderListing, in folder: Int64) throws {
    let statement = try database.cachedStatement(
      sql: """
        SELECT id, name, size, modified, changed, device, inode FROM files
        WHERE folder = ? ORDER BY name
        """)
    var changed: [(KnownFile, FolderListing.File)] = []
    var added: [FolderListing.File] = []
    var gone: [KnownFile] = []
    let rows = try Row.fetchCursor(statement, arguments: [folder])
    var known = try rows.next().map(Self.knownFile)
    for file in listing.files {
      let name = listing.names[file.name]
      while let present = known, present.name.lexicographicallyPrecedes(name) {
        gone.append(present)
        known = try rows.next().map(Self.knownFile)
      }
      guard let present = known, present.name.elementsEqual(name) else {
        added.append(file)
        continue
      }
      if !file.status.isUnchanged(from: present.status) { changed.append((present, file)) }
      known = try rows.next().map(Self.knownFile)
    }
    while let present = known {
      gone.append(present)
      known = try rows.next().map(Self.knownFile)
    }
    for file in gone { try remove(file, from: listing.path) }
    for (old, file) in changed {
      if file.hasOtherNames { linkedInodes.insert(file.status.inode) }
      if old.status.inode != file.status.inode { linkedInodes.insert(old.status.inode) }
      try update(old, to: file.status)
    }
    for file in added { try insert(file, of: listing, in: folder) }
  }

  private static func knownFile(_ row: Row) -> KnownFile {
    KnownFile(
      id: row[0], name: row[1],
      status: FileStatus(
        size: row[2], modified: row[3], changed: row[4], device: row[5], inode: row[6]))
  }

  private mutating func nextSequence() -> Int64 {
    sequence += 1
    changeCount += 1
    return sequence
  }

  private mutating func insert(
    _ file: FolderListing.File, of listing: FolderListing, in folder: Int64
  ) throws {
    let status = file.status
    if file.hasOtherNames { linkedInodes.insert(status.inode) }
    let content = try content(of: status)
    insertFile.setUncheckedArguments([
      folder, Data(listing.names[file.name]), status.size, status.modified, status.changed,
      status.device, status.inode, content,
      content == nil ? ContentQueue.place(of: status) : nil, nextSequence(),
    ])
    try insertFile.execute()
  }

  private mutating func update(_ old: KnownFile, to status: FileStatus) throws {
    guard
      old.status.size != status.size || old.status.modified != status.modified
        || old.status.inode != status.inode
    else {
      // Only attributes changed, or the times were set back after a change of content: the
      // record stays as it is until the content has been read again.
      changeCount += 1
      try database.cachedStatement(
        sql: "UPDATE files SET changed = ?, device = ?, pending = ? WHERE id = ?"
      ).execute(arguments: [
        status.changed, status.device, ContentQueue.place(of: status), old.id,
      ])
      return
    }
    let content = try content(of: status)
    try database.cachedStatement(
      sql: """
        UPDATE files SET size = ?, modified = ?, changed = ?, device = ?, inode = ?,
            content = ?, pending = ?, sequence = ? WHERE id = ?
        """
    ).execute(arguments: [
      status.size, status.modified, status.changed, status.device, status.inode, content,
      content == nil ? ContentQueue.place(of: status) : nil, nextSequence(), old.id,
    ])
  }

  private mutating func remove(_ file: KnownFile, from folder: PathBytes) throws {
    try database.cachedStatement(sql: "DELETE FROM files WHERE id = ?").execute(arguments: [
      file.id
    ]
    )
    linkedInodes.insert(file.status.inode)
    try insertRemoval(folder.appending(PathBytes(Array(file.name))))
  }

  private mutating func insertRemoval(_ path: PathBytes) throws {
    try database.cachedStatement(sql: "INSERT INTO removals (sequence, key) VALUES (?, ?)")
      .execute(arguments: [nextSequence(), keys.key(for: path.bytes[...]).value])
  }

  /// The content that is known of a file of this identity, wherever it was when it was read.
  private func content(of status: FileStatus) throws -> Int64? {
    guard holdsContents else { return nil }
    return try Int64.fetchOne(
      selectContent, arguments: [status.inode, status.device, status.size, status.modified])
  }
}
