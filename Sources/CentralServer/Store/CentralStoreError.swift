/// What can go wrong with the central store, told apart by what the operator can do.
public enum CentralStoreError: Error, Hashable, Sendable {
  /// The database does not answer, or stopped in the middle. Start it or wait; the store connects
  /// anew by itself. Whether a change that was under way was made is not known.
  case unreachable(database: String, reason: String)

  /// No space is left. Nothing of the change was made; make room and repeat.
  case full(database: String)

  /// A newer program made these tables. Use that one.
  case newerSchema(database: String, found: Int, supported: Int)

  /// Another central server leads; nil if nobody does just now. Nothing of the change was made.
  case fenced(leader: Leader?)

  /// The stored rows make no sense: somebody else changed them, or the file is damaged. Restore a
  /// backup.
  case inconsistent(database: String, reason: String)

  /// The database cannot serve as a central store as it is set up; the reason says what to change.
  case unsuitable(database: String, reason: String)

  /// A text that cannot be stored: with a NUL, or too long for a key. The caller must refuse it.
  case unstorable(reason: String)

  /// Too many transactions wait already. Nothing was done; try again later.
  case overloaded(database: String)

  /// The calling task was cancelled. Nothing was done.
  case cancelled

  /// The database refused something else; `code` is its own.
  case refused(database: String, code: String, reason: String)
}

extension CentralStoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreachable(let database, let reason):
      "The database \(database) cannot be reached (\(reason)). Start it, or check the address; "
        + "the central server connects again by itself."
    case .full(let database):
      "No space is left for the database \(database). Make room; nothing is half-written."
    case .newerSchema(let database, let found, let supported):
      "The database \(database) has tables of version \(found), this program knows up to "
        + "\(supported). Use the newer program."
    case .fenced(let leader?):
      "The central server at \(leader.address) leads now (term \(leader.term))."
    case .fenced(nil):
      "This central server leads no more. Ask to lead again."
    case .inconsistent(let database, let reason):
      "The database \(database) contradicts itself (\(reason)). Restore a backup of it."
    case .unsuitable(let database, let reason):
      "The database \(database) cannot be used as it is set up: \(reason)."
    case .unstorable(let reason):
      "A text cannot be stored: \(reason)."
    case .overloaded(let database):
      "The database \(database) is busier than it can bear. Try again in a moment."
    case .cancelled:
      "The work was cancelled before anything was written."
    case .refused(let database, let code, let reason):
      "The database \(database) refused (\(code): \(reason))."
    }
  }
}
