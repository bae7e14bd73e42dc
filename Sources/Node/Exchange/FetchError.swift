public import Exchange

/// Why a file was not fetched.
public enum FetchError: Error, Hashable, Sendable, CustomStringConvertible {
  public struct Failure: Hashable, Sendable {
    public var name: String
    /// Nil for one that was not asked.
    public var reason: DropReason?
  }

  /// Nobody is known to have the file.
  case noSource
  /// No file has this size.
  case impossibleSize(Int64)
  /// A file of no bytes is told by its hash, and this is not it.
  case notEmpty
  /// The list of its pieces would not fit into the memory that is given to it.
  case tooLong(Int64)
  /// None of those that have it gives it.
  case gaveUp([Failure])
  /// The same, after so many bytes went to a pipe, from which nothing can be taken back.
  case cutOff([Failure], written: Int64)

  /// Whether beginning anew does no harm.
  public var allowsAnotherAttempt: Bool { if case .cutOff = self { false } else { true } }

  public var description: String {
    switch self {
    case .noSource:
      "Nobody is known who gives this file now. Search again, or try when its owner is there."
    case .impossibleSize(let size):
      "The owner says that the file has \(size) bytes, which none has. Search again and fetch a copy "
        + "of another owner."
    case .notEmpty:
      "The owner says that the file is empty, and its hash says that it is not. Search again and "
        + "fetch a copy of another owner."
    case .tooLong(let size):
      "The owner says that the file has \(size) bytes; at most \(PieceLayout.longestFetched) can be "
        + "fetched. Copy it another way."
    case .gaveUp(let failures):
      "The file could not be fetched; what came is kept, and the same command goes on from there.\n"
        + Self.lines(failures)
    case .cutOff(let failures, let written):
      "The file broke off: only its first \(written) bytes went to the output. Fetch it anew, or into "
        + "a file with --to, which goes on where it was.\n" + Self.lines(failures)
    }
  }

  private static func lines(_ failures: [Failure]) -> String {
    failures.map { "  \($0.name): \($0.reason.map { "\($0)" } ?? "It was not asked.")" }
      .joined(separator: "\n")
  }
}

extension PieceLayout {
  /// Bytes that the hashes of all pieces of a file may have: all are in memory at once.
  static let mostHashBytes = 64 << 20

  /// More bytes have no file whose hashes fit.
  static var longestFetched: Int64 {
    Int64(mostHashBytes / 32) * Int64(standardPieceByteCount)
  }
}
