/// What can go wrong with the files that hold keys, told apart by what the caller can do.
public enum SecretFileError: Error, Hashable, Sendable {
  /// Nothing is there yet. Create it, or enrol.
  case missing(path: String)
  /// Other users of the machine can read or replace a key. It may be known to them: close the file
  /// or folder (`chmod`), and if others use the machine, make a new key.
  case loosePermissions(path: String, mode: UInt16)
  /// The file belongs to another user of the machine. Run as that user, or name another folder.
  case foreignOwner(path: String, userID: UInt32)
  /// The content is not what was written. It is left as it is: remove it to begin anew.
  case damaged(path: String, reason: String)
  /// What is being set up exists already and differs. Nothing was changed.
  case exists(path: String)
  /// Make room and try again; what was there before is unharmed.
  case diskFull(path: String)
  /// The operating system refused; the text says what.
  case inputOutput(path: String, reason: String)
}

extension SecretFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let path): "There is no \(path)."
    case .loosePermissions(let path, let mode):
      "\(path) is open to other users (mode \(String(mode, radix: 8))). Close it with: "
        + "chmod go= '\(path)'"
    case .foreignOwner(let path, let userID):
      "\(path) belongs to another user (number \(userID)). Run as that user or name another folder."
    case .damaged(let path, let reason):
      "\(path) is damaged: \(reason). It is left untouched; remove it to begin anew."
    case .exists(let path): "\(path) exists already and was left untouched."
    case .diskFull(let path):
      "No space is left for \(path). Make room and try again; nothing was lost."
    case .inputOutput(let path, let reason): "\(path): \(reason)"
    }
  }
}
