import Exchange
import Foundation
import NIOCore
import Protocol
import SearchModel

/// A place that pieces of one content come from. Nothing that comes is believed before it is verified.
protocol PieceSource: Sendable {
  /// For people: the node, or this machine.
  var name: String { get }

  /// What the source says are the hashes of the pieces.
  /// - Parameters:
  ///   - limit: more bytes than this are not read.
  ///   - came: is told of each portion's number of bytes.
  /// - Throws: ``PieceSourceFailure``, `CancellationError`.
  func pieceHashes(
    limit: Int, _ came: @escaping @Sendable (Int) -> Void
  ) async throws -> [UInt8]

  /// - Parameter receive: gets the bytes of the range in their order, in portions of any size.
  /// - Throws: as ``pieceHashes(limit:_:)``, and what `receive` throws.
  func bytes(
    _ range: Range<Int64>, _ receive: @escaping @Sendable (ByteBuffer) async throws -> Void
  ) async throws
}

/// Why a source does not give what it was asked for.
struct PieceSourceFailure: Error {
  let failure: FetchFailure
}

/// A node of the network.
struct NodePieceSource: PieceSource {
  let source: FileSource
  let hash: ContentHash
  let band: OwnBand
  let connecting: any SourceConnecting

  var name: String { "\(source.node)" }

  func pieceHashes(
    limit: Int, _ came: @escaping @Sendable (Int) -> Void
  ) async throws -> [UInt8] {
    try await asking(FilePaths.pieces(of: hash)) { response in
      var bytes: [UInt8] = []
      while let buffer = try await response.next() {
        came(buffer.readableBytes)
        buffer.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
        guard bytes.count <= limit else { throw Self.sendsTooMuch }
      }
      return bytes
    }
  }

  func bytes(
    _ range: Range<Int64>, _ receive: @escaping @Sendable (ByteBuffer) async throws -> Void
  ) async throws {
    try await asking(FilePaths.bytes(range, of: hash)) { response in
      var count = 0
      while let buffer = try await response.next() {
        count += buffer.readableBytes
        guard count <= range.count else { throw Self.sendsTooMuch }
        try await receive(buffer)
      }
      guard count == range.count else {
        throw PieceSourceFailure(failure: .unreachable("It sent less than it was asked for."))
      }
    }
  }

  private static let sendsTooMuch = PieceSourceFailure(
    failure: .refused("It sends more than it was asked for."))

  private func asking<Value: Sendable>(
    _ path: String, _ receive: @escaping @Sendable (inout PeerResponse) async throws -> Value
  ) async throws -> Value {
    do {
      let way = try await connecting.way(to: source)
      let statement = await band.statement()
      do {
        return try await asking(path, showing: statement, on: way, receive)
      } catch let problem as ProblemDocument where problem.code == .notShared {
        guard let other = await band.statement(otherThan: statement) else { throw problem }
        return try await asking(path, showing: other, on: way, receive)
      }
    } catch let problem as ProblemDocument {
      throw PieceSourceFailure(failure: FetchFailure(problem))
    } catch let error as PeerClientError {
      throw PieceSourceFailure(failure: FetchFailure(error))
    } catch let error as NoWay {
      throw PieceSourceFailure(failure: .refused("\(error)"))
    }
  }
}

extension NodePieceSource {
  fileprivate func asking<Value: Sendable>(
    _ path: String, showing statement: BandStatement?, on way: SourceWay,
    _ receive: @escaping @Sendable (inout PeerResponse) async throws -> Value
  ) async throws -> Value {
    var request = PeerRequest.get(path)
    request.bandStatement = statement
    return try await way.client.exchange(
      request, with: way.destination, expecting: way.expected, receive)
  }
}

extension FetchFailure {
  init(_ problem: ProblemDocument) {
    switch problem.code {
    case .overloaded, .rateLimited, .shuttingDown, .unavailable:
      self = .busy(retryAfter: Double(problem.retryAfter ?? 1))
    case .fileUnreadable, .internalError: self = .unreachable(problem.detail)
    default: self = .refused(problem.detail)
    }
  }

  init(_ error: PeerClientError) {
    switch error {
    case .timedOut: self = .stalled
    case .certificate, .unintelligible: self = .refused("\(error)")
    case .unreachable, .handshakeRefused, .connectionLost, .shutDown:
      self = .unreachable("\(error)")
    }
  }
}

/// A copy on this machine, as the catalog knows it.
struct LocalPieceSource: PieceSource {
  let contents: SharedContents
  let hash: ContentHash

  var name: String { "this machine" }

  func pieceHashes(
    limit: Int, _ came: @escaping @Sendable (Int) -> Void
  ) async throws -> [UInt8] {
    try await opening { content in
      content.layout.pieceCount > 1 ? try await contents.pieceHashes(of: content).bytes : []
    }
  }

  func bytes(
    _ range: Range<Int64>, _ receive: @escaping @Sendable (ByteBuffer) async throws -> Void
  ) async throws {
    try await opening { content in
      guard range.upperBound <= content.layout.byteCount else { throw FileRefusal.beyondEnd }
      let length = Int64(content.layout.pieceByteCount)
      for start in stride(from: range.lowerBound, to: range.upperBound, by: Int(length)) {
        try Task.checkCancellation()
        let part = start..<min(start + length, range.upperBound)
        try await receive(
          BlockingWork.run { () throws(FileRefusal) in try content.read(part) })
      }
    }
  }

  private func opening<Value: Sendable>(
    _ work: (OpenContent) async throws -> Value
  ) async throws -> Value {
    do {
      let content = try await BlockingWork.run { () throws(FileRefusal) in
        try contents.open(hash, for: nil)
      }
      return try await work(content)
    } catch let refusal as FileRefusal {
      throw PieceSourceFailure(failure: FetchFailure(ProblemDocument(refusal)))
    }
  }
}

extension OpenContent {
  /// Bytes as they are on the disk, not compared with anything. Blocks.
  fileprivate func read(_ range: Range<Int64>) throws(FileRefusal) -> ByteBuffer {
    var failure: FileRefusal?
    var buffer = ByteBufferAllocator().buffer(capacity: range.count)
    buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: range.count) { memory in
      do throws(FileRefusal) {
        try read(at: range.lowerBound, into: .init(rebasing: memory[..<range.count]))
      } catch {
        failure = error
      }
      return range.count
    }
    if let failure { throw failure }
    return buffer
  }
}
