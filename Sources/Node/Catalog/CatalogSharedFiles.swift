import Foundation
import GRDB
import SearchModel

/// A file that is shared at this moment, with a content that is known.
struct SharedFile: Sendable {
  var share: Share
  var file: PendingFile
}

extension Catalog {
  /// Copies of one content beyond this number are not looked at.
  static let mostCopies = 100

  /// The files that hold a content, as the catalog knows them. Those whose content is to be read
  /// again are none.
  ///
  /// - Parameter isMeant: whether a share counts; the files of others take nobody's place.
  func sharedFiles(
    holding hash: ContentHash, in isMeant: (Share) -> Bool
  ) throws(CatalogError) -> [SharedFile] {
    try read { database in
      var places = FolderPlaces(database)
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT f.id, f.folder, f.name, f.size, f.modified, f.changed, f.device, f.inode
          FROM contents c JOIN files f ON f.content = c.id
          WHERE c.hash = ? AND f.pending IS NULL ORDER BY f.id
          """, arguments: [Data(hash.bytes)])
      var found: [SharedFile] = []
      while found.count < Self.mostCopies, let row = try rows.next() {
        let place = try places.place(row[1])
        guard isMeant(place.share) else { continue }
        let name: Data = row[2]
        let file = PendingFile(
          id: row[0], share: place.share.id, root: place.share.root,
          path: PathBytes(Array(place.start) + name),
          status: FileStatus(
            size: row[3], modified: row[4], changed: row[5], device: row[6], inode: row[7]))
        found.append(SharedFile(share: place.share, file: file))
      }
      return found
    }
  }

  /// The hashes of a content's pieces as they were kept; whether they are right, the content's hash
  /// tells.
  func pieceHashes(of hash: ContentHash) throws(CatalogError) -> [UInt8]? {
    try read { database in
      try Data.fetchOne(
        database, sql: "SELECT hashes FROM piece_hashes WHERE hash = ?",
        arguments: [Data(hash.bytes)]
      ).map { Array($0) }
    }
  }

  func keep(_ pieces: PieceHashes, of hash: ContentHash) throws(CatalogError) {
    try write { try Self.keep(pieces, of: hash, in: $0) }
  }

  static func keep(_ pieces: PieceHashes, of hash: ContentHash, in database: Database) throws {
    // Told by the content's hash, so what is there already is the same, unless it was damaged.
    try database.cachedStatement(
      sql: """
        INSERT INTO piece_hashes (hash, hashes) VALUES (?, ?)
        ON CONFLICT (hash) DO UPDATE SET hashes = excluded.hashes
        """
    ).execute(arguments: [Data(hash.bytes), Data(pieces.bytes)])
  }

  /// Has a file's content read again: it is not what was read of it before. Until that is done it is
  /// not given to anybody. Nothing happens if the catalog knows better by now.
  func doubt(_ file: PendingFile) throws(CatalogError) {
    try write { database in
      try database.execute(
        sql: "UPDATE files SET pending = ? WHERE id = ? AND changed = ? AND size = ?",
        arguments: [
          ContentQueue.place(of: file.status), file.id, file.status.changed, file.status.size,
        ])
    }
  }
}
