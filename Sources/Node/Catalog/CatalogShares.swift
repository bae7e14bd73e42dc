import Foundation
import GRDB
import SearchModel

extension Catalog {
  /// All shares, in the order of their paths.
  public func shares() throws(CatalogError) -> [Share] {
    try read { try Self.shares($0) }
  }

  static func shares(_ database: Database) throws -> [Share] {
    try Row.fetchAll(database, sql: "SELECT * FROM shares ORDER BY root").map { row in
      let root: Data = row["root"]
      return Share(
        id: row["id"], root: PathBytes(Array(root)), name: row["name"],
        label: try label(row["label"]), visibility: try visibility(row["visibility"]),
        device: row["device"], inode: row["inode"], lastScan: row["scanned"],
        absence: row["absence"])
    }
  }

  /// Shares a folder, or finds the share that it already is.
  ///
  /// - Parameter visibility: nil leaves that of a share as it is; a new one is for everyone.
  /// - Parameter folder: absolute or relative to the working directory; `~` and `~/…` mean the
  ///   home folder.
  /// - Throws: ``CatalogError/folderUnusable(path:reason:)`` for what is missing, not a folder or
  ///   not to be opened, ``CatalogError/overlapping(path:other:)``.
  @discardableResult
  public func share(
    _ folder: PathBytes, visibility: Visibility? = nil
  ) throws(CatalogError) -> Share {
    let (root, status) = try Self.resolve(folder)
    return try write { database in
      let shares = try Self.shares(database)
      if let present = shares.first(where: { $0.root == root }) {
        return try Self.set(visibility ?? present.visibility, of: present, in: database)
      }
      if let other = shares.first(where: {
        $0.root.isInside(root) || root.isInside($0.root)
      }) {
        throw CatalogError.overlapping(path: root.text, other: other.root.text)
      }
      let name = Self.name(for: root, besides: Set(shares.map(\.name)))
      let visibility = visibility ?? .everyone
      let label = ShareLabel.random()
      try database.execute(
        sql: """
          INSERT INTO shares (root, name, device, inode, label, visibility)
          VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          Data(root.bytes), name, status.device, status.inode, label.value,
          try Self.text(of: visibility),
        ])
      return Share(
        id: database.lastInsertedRowID, root: root, name: name, label: label,
        visibility: visibility, device: status.device, inode: status.inode)
    }
  }

  /// The path of a folder to share, from the root on, without links and dots.
  ///
  /// - Throws: ``CatalogError/folderUnusable(path:reason:)``.
  public static func resolvedPath(of folder: PathBytes) throws(CatalogError) -> PathBytes {
    try resolve(folder).0
  }

  /// The path from the root on, whether or not it leads anywhere.
  public static func absolutePath(of folder: PathBytes) -> PathBytes {
    absolute(withHome(folder))
  }

  /// Says no where ``share(_:)`` would because of the folder itself, before a catalog is made.
  ///
  /// - Throws: ``CatalogError/folderUnusable(path:reason:)``.
  public static func check(_ folder: PathBytes) throws(CatalogError) {
    _ = try resolve(folder)
  }

  /// The share that a folder is; one that is not there any more is named by the path it had.
  ///
  /// - Throws: ``CatalogError/notShared(path:)``.
  public func share(at folder: PathBytes) throws(CatalogError) -> Share {
    let present = try? Self.resolve(folder).0
    let root = present ?? Self.absolute(Self.withHome(folder))
    guard let share = try shares().first(where: { $0.root == root }) else {
      throw .notShared(path: root.text)
    }
    return share
  }

  /// Ends a share: its records go, its files stay.
  public func unshare(_ share: Share) throws(CatalogError) {
    try write { database in
      var reconciler = try CatalogReconciler(database, share: share)
      try reconciler.removeFolder(.empty)
      try reconciler.finish()
      try database.execute(sql: "DELETE FROM shares WHERE id = ?", arguments: [share.id])
    }
  }

  /// Notes how a look at the share ended.
  ///
  /// - Parameters:
  ///   - scanned: the end of a whole scan in seconds since 1970; nil leaves the last one.
  ///   - absence: why the share could not be looked at.
  func note(_ share: Share, scanned: Int64?, absence: String?) throws(CatalogError) {
    try write { database in
      try database.execute(
        sql: "UPDATE shares SET scanned = coalesce(?, scanned), absence = ? WHERE id = ?",
        arguments: [scanned, absence, share.id])
    }
  }

  /// The path without links and dots, and the folder's status.
  private static func resolve(_ folder: PathBytes) throws(CatalogError) -> (PathBytes, FileStatus) {
    let path = withHome(folder)
    guard !path.isEmpty, !path.bytes.contains(0) else {
      throw .folderUnusable(path: folder.text, reason: "that is not a path")
    }
    guard let resolved = path.withCString({ realpath($0, nil) }) else {
      throw .folderUnusable(path: folder.text, reason: SystemError.last.description)
    }
    defer { free(resolved) }
    let bytes = UnsafeRawBufferPointer(start: resolved, count: strlen(resolved))
    let root = PathBytes(Array(bytes))
    do {
      return (root, try FolderHandle(root: root).status())
    } catch {
      throw .folderUnusable(path: folder.text, reason: error.description)
    }
  }

  /// The path with the home folder in the place of a leading `~`.
  private static func withHome(_ path: PathBytes) -> PathBytes {
    guard path.bytes.first == UInt8(ascii: "~"),
      path.bytes.count == 1 || path.bytes[1] == UInt8(ascii: "/")
    else { return path }
    let home = PathBytes(Array(NSHomeDirectory().utf8))
    return home.appending(PathBytes(Array(path.bytes.dropFirst(2))))
  }

  /// The path from the root on, without `.` and `..`, whether or not it leads anywhere.
  private static func absolute(_ path: PathBytes) -> PathBytes {
    let slash = UInt8(ascii: "/")
    let isAbsolute = path.bytes.first == slash
    let start = isAbsolute ? PathBytes.empty : PathBytes(FileManager.default.currentDirectoryPath)
    var components: [PathBytes] = []
    for component in start.components + path.components {
      switch component.bytes {
      case Array(".".utf8): continue
      case Array("..".utf8): _ = components.popLast()
      default: components.append(component)
      }
    }
    return PathBytes([slash] + components.map(\.bytes).joined(separator: [slash]))
  }

  /// The folder's own name, with a number behind it where another share has it already.
  private static func name(for root: PathBytes, besides taken: Set<String>) -> String {
    let own = root.components.last?.text ?? "root"
    guard taken.contains(own) else { return own }
    var number = 2
    while taken.contains("\(own) (\(number))") { number += 1 }
    return "\(own) (\(number))"
  }
}

extension Catalog {
  /// The highest folder above a folder, or itself, whose own parent the catalog knows. Below it
  /// nothing can be taken in: a folder stands in the one that holds it.
  func highestUnknown(
    above folder: PathBytes, of share: Share
  ) throws(CatalogError) -> PathBytes {
    guard !folder.isEmpty else { return folder }
    return try read { database in
      let select = try database.cachedStatement(
        sql: "SELECT EXISTS (SELECT 1 FROM folders WHERE share = ? AND path = ?)")
      var folder = folder
      while !folder.isEmpty,
        try Bool.fetchOne(select, arguments: [share.id, Data(folder.parent.bytes)]) == false
      {
        folder = folder.parent
      }
      return folder
    }
  }
}
