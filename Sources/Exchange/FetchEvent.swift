/// One of the places that a file can be fetched from, by its place in the list: nearest first.
public typealias SourceNumber = Int

/// One request to one source.
public typealias RequestNumber = Int

/// What happens while a file is fetched.
public enum FetchEvent: Hashable, Sendable {
  case began
  /// The hashes of the pieces came and are those of the file.
  case hashesCame(RequestNumber)
  /// Of what was asked for, so many bytes came until now; nothing of them need be verified yet.
  case bytesCame(RequestNumber, total: Int64)
  /// A piece came, is what the hashes say, and is kept.
  case pieceCame(RequestNumber, piece: Int)
  /// Something came that the file's hash proves to be false.
  case falsehoodCame(RequestNumber)
  /// The source sent all that it was asked for.
  case ended(RequestNumber)
  case failed(RequestNumber, FetchFailure)
  /// Time passed; see ``FetchMachine/nextWake``.
  case woke
}

/// Why a source did not give what it was asked for.
public enum FetchFailure: Hashable, Sendable {
  /// Nobody answers there, or not any more; the text says why.
  case unreachable(String)
  /// Nothing came for too long.
  case stalled
  /// The source is busy; seconds after which to ask again.
  case busy(retryAfter: Double)
  /// The source will not give it, whenever it is asked; the text says why.
  case refused(String)
}

/// What is to be done, in this order.
public enum FetchAction: Hashable, Sendable {
  /// Ask for the hashes of all pieces.
  case askHashes(RequestNumber, SourceNumber)
  /// Ask for these pieces, which come in their order.
  case ask(RequestNumber, SourceNumber, Range<Int>)
  /// Nobody wants the rest; no event of it counts any more.
  case cancel(RequestNumber)
  /// The source is asked no more, and why.
  case drop(SourceNumber, DropReason)
  /// All pieces are there.
  case finish
  /// It cannot go on; who was asked and what came of it. What is there stays for the next time.
  case giveUp([SourceNumber: DropReason])
}

/// Why a source is asked no more.
public enum DropReason: Hashable, Sendable {
  /// It sent what the file's hash proves to be false.
  case lied
  case refused(String)
  case unreachable(String)
  case stalled
  case busy
}

extension DropReason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .lied: "It sent what is not the file."
    case .refused(let reason), .unreachable(let reason): reason
    case .stalled: "Nothing came from it any more."
    case .busy: "It is busy with others."
    }
  }
}

/// How a file is fetched.
public struct FetchLimits: Hashable, Sendable {
  /// Sources that are asked at the same time.
  public var activeSources = 4
  /// Seconds that one request should keep a source busy.
  public var requestTime = 4.0
  /// Pieces of a request to a source whose speed is not known.
  public var firstRun = 4
  public var longestRun = Self.mostPieces
  /// Only pieces so far behind the first missing one are asked for; nil for all. For a receiver that
  /// needs them in order.
  public var window: Int?
  /// Without a piece for so long, a source's pieces are asked of another one beside it.
  public var suspicion: Duration = .seconds(3)
  /// A source that failed is left alone for so long, and twice as long after each further time.
  public var firstRest: Duration = .milliseconds(500)
  public var longestRest: Duration = .seconds(15)
  /// Without any byte for so long, it is given up.
  public var patience: Duration = .seconds(60)
  /// Without any verified piece for so long, it is given up: bytes alone may come from who only wants
  /// to hold it up. At 1 kB a second a piece takes less.
  public var piecePatience: Duration = .seconds(20 * 60)

  /// More pieces are given to nobody in one answer.
  public static let mostPieces = 256

  public init() {}
}
