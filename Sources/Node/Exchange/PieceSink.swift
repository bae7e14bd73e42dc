import Exchange
import SearchModel

/// Where verified pieces go.
protocol PieceSink: Sendable {
  /// Keeps a piece. Blocks. A piece that was kept before changes nothing.
  func put(_ bytes: UnsafeRawBufferPointer, piece: Int) throws(FetchStorageError)
}

/// Why a file cannot be put where it is wanted.
public enum FetchStorageError: Error, Hashable, Sendable {
  /// Make the folder, or name another.
  case noFolder(path: String, reason: String)
  /// Use `--force`, or another name.
  case exists(path: String)
  /// A folder, a device, a pipe or a socket: nothing of that is replaced.
  case notAFile(path: String)
  /// Another process fetches to the same place.
  case inUse(path: String)
  /// What stands where the unfinished file should be is not one of this user's.
  case foreignPart(path: String)
  /// Make room; what came so far is kept.
  case diskFull(path: String, missing: Int64)
  /// The file system there holds no file of this size.
  case tooLarge(path: String)
  /// Give another name.
  case nameRefused(path: String, reason: String)
  case readOnly(path: String)
  case inputOutput(path: String, reason: String)
  /// Whoever read the output has ended.
  case receiverGone
}

extension FetchStorageError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noFolder(let path, let reason):
      "Nothing can be put into \(path): \(reason). Name a folder that is there with --to."
    case .exists(let path):
      "\(path) is there already and was not touched. Replace it with --force, or name another "
        + "place with --to."
    case .notAFile(let path):
      "\(path) is no file that could be replaced. Name another place with --to."
    case .inUse(let path):
      "\(path) is being fetched by another process. Wait for that, or name another place with --to."
    case .foreignPart(let path):
      "\(path) is in the way of the unfinished file and is not this user's alone. Remove it, or "
        + "name another place with --to."
    case .diskFull(let path, let missing):
      "There is no room for \(path): about \(missing) bytes are missing. Make room and repeat the "
        + "command: it goes on where it was."
    case .tooLarge(let path):
      "The file system of \(path) holds no file of this size. Name another place with --to."
    case .nameRefused(let path, let reason):
      "The file system does not take the name \(path): \(reason). Give another with --to FILE."
    case .readOnly(let path):
      "\(path) cannot be written: its file system is read-only. Name another place with --to."
    case .inputOutput(let path, let reason): "\(path): \(reason)"
    case .receiverGone: "Whoever reads the output has ended before the file did."
    }
  }
}
