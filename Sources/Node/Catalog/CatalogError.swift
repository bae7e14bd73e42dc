import GRDB

/// What can go wrong with the catalog and the shares in it, told apart by what the caller can do.
public enum CatalogError: Error, Hashable, Sendable {
  /// Another process writes this catalog. Wait for it or stop it; reading is possible meanwhile.
  case locked(path: String, holder: String)

  /// There is no catalog at this path. Share a folder first.
  case missing(path: String)

  /// The catalog is damaged. The files are not touched: remove it and share the folders again.
  case corrupted(path: String, reason: String)

  /// The catalog was written by a newer program.
  case incompatible(path: String)

  /// No space is left. Make room and repeat; what was committed before is kept.
  case diskFull(path: String)

  /// The folder to share is not there or cannot be opened.
  case folderUnusable(path: String, reason: String)

  /// The folder lies inside a share, or a share lies inside it. Share one of the two.
  case overlapping(path: String, other: String)

  /// The folder is not shared.
  case notShared(path: String)

  /// The operating system or the database refused something; the text says what.
  case inputOutput(path: String, reason: String)
}

extension CatalogError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .locked(let path, let holder):
      "The catalog at \(path) is being written by \(holder). Wait until that is done, or stop it."
    case .missing(let path):
      "There is no catalog at \(path). Create one with: nearfind index FOLDER"
    case .corrupted(let path, let reason):
      "The catalog at \(path) is damaged (\(reason)). No shared file is touched. "
        + "Remove the catalog and index the folders again."
    case .incompatible(let path):
      "The catalog at \(path) was written by a newer version. Use that one, "
        + "or remove the catalog and index the folders again."
    case .diskFull(let path):
      "No space is left on the disk of \(path). Make room and try again; "
        + "what was cataloged before is kept."
    case .folderUnusable(let path, let reason):
      "\(path) cannot be shared: \(reason)."
    case .overlapping(let path, let other):
      "\(path) cannot be shared beside \(other): one lies inside the other. Share only one of them."
    case .notShared(let path):
      "\(path) is not a shared folder."
    case .inputOutput(let path, let reason):
      "\(path): \(reason)"
    }
  }

  /// The database's error in the catalog's words.
  init(_ error: any Error, path: String) {
    switch error {
    case let error as CatalogError:
      self = error
    case let error as DatabaseError:
      switch error.resultCode {
      case .SQLITE_FULL: self = .diskFull(path: path)
      case .SQLITE_CORRUPT, .SQLITE_NOTADB:
        self = .corrupted(path: path, reason: error.message ?? "not a database")
      default: self = .inputOutput(path: path, reason: error.message ?? "\(error.resultCode)")
      }
    default:
      self = .inputOutput(path: path, reason: String(describing: error))
    }
  }
}
