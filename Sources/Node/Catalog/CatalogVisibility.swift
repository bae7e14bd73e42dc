import Foundation
import GRDB
import Protocol
import SearchModel

/// Who may see which share. What is set here holds at once for whoever asks here, and elsewhere from
/// the next publication on.
extension Catalog {
  /// - Parameter folder: as ``share(at:)`` takes it.
  /// - Returns: the share as it is now.
  /// - Throws: ``CatalogError/notShared(path:)``.
  @discardableResult
  public func setVisibility(
    _ visibility: Visibility, of folder: PathBytes
  ) throws(CatalogError) -> Share {
    let share = try share(at: folder)
    return try write { try Self.set(visibility, of: share, in: $0) }
  }

  static func set(
    _ visibility: Visibility, of share: Share, in database: Database
  ) throws -> Share {
    guard visibility != share.visibility else { return share }
    try database.execute(
      sql: "UPDATE shares SET visibility = ? WHERE id = ?",
      arguments: [try text(of: visibility), share.id])
    var share = share
    share.visibility = visibility
    return share
  }

  /// Whether somebody may have the files of a share, as it is set at this moment. Of a share that has
  /// ended nobody may.
  public func permits(_ viewer: Viewer, share id: Share.ID) throws(CatalogError) -> Bool {
    guard let share = try shares().first(where: { $0.id == id }) else { return false }
    return share.visibility.permits(viewer, owner: owner.userID)
  }

  /// The shares that hold a file with this content, as far as contents have been read.
  public func shares(holding content: ContentHash) throws(CatalogError) -> [Share] {
    try read { database in
      let holding = try Int64.fetchSet(
        database,
        sql: """
          SELECT DISTINCT d.share FROM contents c JOIN files f ON f.content = c.id
          JOIN folders d ON d.id = f.folder WHERE c.hash = ?
          """, arguments: [Data(content.bytes)])
      return try Self.shares(database).filter { holding.contains($0.id) }
    }
  }

  /// What indexes of others must know of the shares.
  public func shareTable() throws(CatalogError) -> ShareTable {
    ShareTable(
      Dictionary(uniqueKeysWithValues: try shares().map { ($0.label, $0.visibility) }))
  }

  // MARK: As columns

  static func text(of visibility: Visibility) throws -> String {
    String(decoding: try BoundedJSON.encode(visibility), as: UTF8.self)
  }

  static func visibility(_ text: String) throws -> Visibility {
    do {
      return try BoundedJSON.decode(from: text.utf8)
    } catch {
      throw CatalogError.corrupted(path: "shares", reason: "a share without a visibility")
    }
  }

  static func label(_ text: String) throws -> ShareLabel {
    guard let label = ShareLabel(text) else {
      throw CatalogError.corrupted(path: "shares", reason: "a share without a label")
    }
    return label
  }
}

extension ShareLabel {
  /// One that nobody has had: 64 bits by chance.
  static func random() -> ShareLabel {
    let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
    // Sixteen hexadecimal digits are always a label.
    return ShareLabel(String(repeating: "0", count: 16 - digits.count) + digits)!
  }
}
