import Foundation
import GRDB

extension SharedFolder {
  /// The folders in which the catalog knows files of some inodes.
  ///
  /// A file has either a content or a place in the queue, and both have an index: no pass over all
  /// files, and none more to be kept.
  static func holding(inodes: Set<Int64>, in database: Database) throws -> [SharedFolder] {
    guard !inodes.isEmpty else { return [] }
    let rows = try Row.fetchAll(
      database,
      sql: """
        WITH wanted AS MATERIALIZED (SELECT value AS inode FROM json_each(?))
        SELECT d.share, d.path
        FROM wanted w JOIN contents c ON c.inode = w.inode JOIN files f ON f.content = c.id
            JOIN folders d ON d.id = f.folder
        UNION
        SELECT d.share, d.path FROM files f JOIN folders d ON d.id = f.folder
        WHERE f.pending IS NOT NULL AND f.inode IN (SELECT inode FROM wanted)
        """, arguments: ["[" + inodes.map(String.init).joined(separator: ",") + "]"])
    return rows.map { SharedFolder(share: $0[0], path: PathBytes(Array($0[1] as Data))) }
  }
}
