/// What can go wrong in an engine, told apart by what the caller can do about it.
public enum EngineError: Error, Hashable, Sendable {
  /// Another process writes this index. Wait for it or stop it; reading is possible meanwhile.
  case locked(path: String, holder: String)

  /// There is no index at this path. Index something first.
  case missing(path: String)

  /// The index was damaged or cannot be read. Nothing is lost: rebuild it from the catalog.
  case corrupted(path: String, reason: String)

  /// The index was written by a version that this one cannot read. Rebuild it from the catalog.
  case incompatible(path: String, found: String, supported: String)

  /// The disk is full. Make room and repeat the batch; the committed state is untouched.
  case diskFull(path: String)

  /// The request asks for something that no engine can do or that would cost too much; the text
  /// says what to change.
  case invalidRequest(String)

  /// The task that asked was cancelled before the answer was there. Nothing is wrong.
  case cancelled

  /// The operating system refused something; the text says what.
  case inputOutput(path: String, reason: String)
}

extension EngineError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .locked(let path, let holder):
      "The index at \(path) is being written by \(holder). Wait until that is done, or stop it."
    case .missing(let path):
      "There is no index at \(path). Create one with: nearfind index FOLDER"
    case .corrupted(let path, let reason):
      "The index at \(path) is damaged (\(reason)). See all of the damage with: nearfind doctor --verify. No file is lost; rebuild it with: nearfind index --rebuild"
    case .incompatible(let path, let found, let supported):
      "The index at \(path) has format \(found), and this program reads \(supported). Rebuild it with: nearfind index --rebuild"
    case .diskFull(let path):
      "No space is left on the disk of \(path). Make room and try again; what was indexed before is kept."
    case .invalidRequest(let reason):
      reason
    case .cancelled:
      "The search was stopped because nobody waits for it any more."
    case .inputOutput(let path, let reason):
      "\(path): \(reason)"
    }
  }
}
