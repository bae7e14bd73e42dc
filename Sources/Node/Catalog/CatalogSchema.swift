import Foundation
import GRDB

/// The catalog's tables, version by version.
///
/// - `catalog`: one row: which catalog this is, the last sequence number given out, and the last
///   one that all consumers acknowledged (removals up to it are forgotten).
/// - `consumers`: who follows the changes, and the last number that each acknowledged.
/// - `shares`, `folders`, `files`: what is shared, as the last look found it. `files.pending` is the
///   place in the queue of content to be read, NULL when there is nothing to do; `files.sequence`
///   the number of the last change of the record.
/// - `contents`: what reading a file gave, by the file's identity (device, inode, size and time). A
///   file that is renamed keeps its identity and finds its content again; hard links share it.
/// - `piece_hashes`: by content hash, the hashes of the pieces of a content that has several.
/// - `removals`: the keys of records that went, until acknowledged.
enum CatalogSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1: shares, folders, files, contents, removals") { database in
      try database.execute(sql: version1)
      try database.execute(
        sql:
          "INSERT INTO catalog (id, identity, sequence, acknowledged) VALUES (1, ?, 0, 0)",
        arguments: [UUID().uuidString])
    }
    migrator.registerMigration("2: consumers") { database in
      try database.execute(
        sql: "CREATE TABLE consumers (name TEXT PRIMARY KEY, acknowledged INTEGER NOT NULL)")
      try database.execute(
        sql: "INSERT INTO consumers (name, acknowledged) SELECT ?, acknowledged FROM catalog",
        arguments: [CatalogConsumer.ownIndex.rawValue])
    }
    migrator.registerMigration("piece hashes") { database in
      try database.execute(
        sql: """
          CREATE TABLE piece_hashes (hash BLOB NOT NULL UNIQUE, hashes BLOB NOT NULL);
          CREATE INDEX contents_hash ON contents (hash) WHERE hash IS NOT NULL;
          """)
    }
    return migrator
  }

  private static let version1 = """
    CREATE TABLE catalog (
        id INTEGER PRIMARY KEY CHECK (id = 1), identity TEXT NOT NULL,
        sequence INTEGER NOT NULL, acknowledged INTEGER NOT NULL);
    CREATE TABLE shares (
        id INTEGER PRIMARY KEY, root BLOB NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE,
        device INTEGER NOT NULL, inode INTEGER NOT NULL, scanned INTEGER, absence TEXT);
    CREATE TABLE folders (
        id INTEGER PRIMARY KEY, share INTEGER NOT NULL REFERENCES shares (id),
        parent INTEGER, path BLOB NOT NULL, UNIQUE (share, path));
    CREATE INDEX folders_parent ON folders (parent, path);
    CREATE TABLE contents (
        id INTEGER PRIMARY KEY, inode INTEGER NOT NULL, device INTEGER NOT NULL,
        size INTEGER NOT NULL, modified INTEGER NOT NULL, hash BLOB, failure TEXT,
        title TEXT NOT NULL, keywords TEXT NOT NULL, text TEXT NOT NULL,
        UNIQUE (inode, device, size, modified));
    CREATE TABLE files (
        id INTEGER PRIMARY KEY, folder INTEGER NOT NULL REFERENCES folders (id),
        name BLOB NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
        changed INTEGER NOT NULL, device INTEGER NOT NULL, inode INTEGER NOT NULL,
        content INTEGER REFERENCES contents (id), pending INTEGER, sequence INTEGER NOT NULL,
        UNIQUE (folder, name));
    CREATE INDEX files_sequence ON files (sequence);
    CREATE INDEX files_pending ON files (pending) WHERE pending IS NOT NULL;
    CREATE INDEX files_content ON files (content) WHERE content IS NOT NULL;
    CREATE TABLE removals (sequence INTEGER PRIMARY KEY, key TEXT NOT NULL);
    """
}
