import Extraction
import Foundation
import GRDB
import SearchModel

extension Catalog {
  /// Files whose content is to be read, in the order of their turns, after a place in the queue.
  func pendingFiles(
    after place: (Int64, id: Int64), limit: Int
  ) throws(CatalogError) -> [(PendingFile, place: Int64)] {
    try read { database in
      var places = FolderPlaces(database)
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT pending, id, folder, name, size, modified, changed, device, inode FROM files
          WHERE pending IS NOT NULL AND (pending, id) > (?, ?)
          ORDER BY pending, id LIMIT ?
          """, arguments: [place.0, place.id, limit])
      return try rows.map { row in
        let folder = try places.place(row[2])
        let name: Data = row[3]
        let file = PendingFile(
          id: row[1], share: folder.share.id, root: folder.share.root,
          path: PathBytes(Array(folder.start) + name),
          status: FileStatus(
            size: row[4], modified: row[5], changed: row[6], device: row[7],
            inode: row[8]))
        return (file, row[0])
      }
    }
  }

  /// How much there is to read.
  func pendingTotals() throws(CatalogError) -> (files: Int, bytes: Int64) {
    try read { database in
      let row = try Row.fetchOne(
        database,
        sql: "SELECT count(*), coalesce(sum(size), 0) FROM files WHERE pending IS NOT NULL")
      return (row?[0] ?? 0, row?[1] ?? 0)
    }
  }

  /// Writes what was read, in one transaction. A file that was found changed since stays in the
  /// queue, and so does one whose reading was not settled.
  func settle(_ outcomes: [(PendingFile, ContentOutcome)]) throws(CatalogError) {
    try write { database in
      var sequence = try Int64.fetchOne(database, sql: "SELECT sequence FROM catalog") ?? 0
      for (file, outcome) in outcomes {
        guard let stored = StoredContent(outcome) else { continue }
        try stored.settle(file, in: database, sequence: &sequence)
        if case .read(let hashes, _) = outcome, let pieces = hashes.pieces {
          try Self.keep(pieces, of: hashes.content, in: database)
        }
      }
      try database.execute(sql: "UPDATE catalog SET sequence = ?", arguments: [sequence])
    }
  }

  /// Forgets contents that no file has any more. A file that is moved while nobody looks keeps
  /// its content only until then, so this is for the end of a whole look at all shares.
  func forgetUnusedContents() throws(CatalogError) {
    try write { database in
      try database.execute(
        sql: """
          DELETE FROM contents
          WHERE NOT EXISTS (SELECT 1 FROM files WHERE files.content = contents.id)
          """)
      try database.execute(
        sql: """
          DELETE FROM piece_hashes
          WHERE hash NOT IN (SELECT hash FROM contents WHERE hash IS NOT NULL)
          """)
    }
  }
}

/// A row of `contents`.
private struct StoredContent {
  let hash: ContentHash?
  let failure: ContentFailure?
  let content: ExtractedContent

  /// Nil for an outcome that leaves nothing to store.
  init?(_ outcome: ContentOutcome) {
    switch outcome {
    case .changed: return nil
    case .failed(let failure): (hash, self.failure, content) = (nil, failure, .empty)
    case .read(let hashes, .success(let content)):
      (hash, failure, self.content) = (hashes.content, nil, content)
    case .read(let hashes, .failure(let failure)):
      (hash, self.failure, content) = (hashes.content, failure, .empty)
    }
  }

  private var values: [(any DatabaseValueConvertible)?] {
    [
      hash.map { Data($0.bytes) }, failure?.reason, content.title,
      content.keywords.joined(separator: "\n"), content.text,
    ]
  }

  /// The row's number, and whether it says something else than the row that was there.
  private func save(_ status: FileStatus, in database: Database) throws -> (
    Int64, isDifferent: Bool
  ) {
    let identity = [status.inode, status.device, status.size, status.modified]
    let select = try database.cachedStatement(
      sql: """
        SELECT id, hash IS ? AND failure IS ? AND title IS ? AND keywords IS ? AND text IS ?
        FROM contents WHERE inode = ? AND device = ? AND size = ? AND modified = ?
        """)
    let arguments = StatementArguments(values) + StatementArguments(identity)
    if let row = try Row.fetchOne(select, arguments: arguments) {
      if row[1] { return (row[0], false) }
      try database.cachedStatement(
        sql: """
          UPDATE contents SET hash = ?, failure = ?, title = ?, keywords = ?, text = ?
          WHERE inode = ? AND device = ? AND size = ? AND modified = ?
          """
      ).execute(arguments: arguments)
      return (row[0], true)
    }
    try database.cachedStatement(
      sql: """
        INSERT INTO contents (hash, failure, title, keywords, text, inode, device, size,
            modified) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: arguments)
    return (database.lastInsertedRowID, true)
  }

  /// Gives a file its content, unless the file has changed in the catalog since it was handed out.
  func settle(_ file: PendingFile, in database: Database, sequence: inout Int64) throws {
    let status = file.status
    let present = try Row.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT content FROM files WHERE id = ? AND pending IS NOT NULL
              AND size = ? AND modified = ? AND changed = ? AND inode = ?
          """),
      arguments: [file.id, status.size, status.modified, status.changed, status.inode])
    guard let present else { return }
    let (content, isDifferent) = try save(status, in: database)
    let known: Int64? = present[0]
    if known == content, !isDifferent {
      try database.cachedStatement(sql: "UPDATE files SET pending = NULL WHERE id = ?")
        .execute(arguments: [file.id])
      return
    }
    sequence += 1
    try database.cachedStatement(
      sql: "UPDATE files SET content = ?, pending = NULL, sequence = ? WHERE id = ?"
    ).execute(arguments: [content, sequence, file.id])
  }
}
