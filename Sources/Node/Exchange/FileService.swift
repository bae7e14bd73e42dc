import Exchange
import Hummingbird
import HummingbirdCore
import NIOCore
import Protocol
import SearchModel

/// What a node answers to those who fetch its files; see ``Protocol/FilePaths``.
struct FileService: Sendable {
  /// What is proven of a node that asks, given what it shows of its band.
  typealias Proof = @Sendable (NodeIdentity, BandStatement?) async -> Viewer

  /// A node that asks.
  private struct Caller: Sendable {
    var node: NodeIdentity
    var viewer: Viewer
  }

  let contents: SharedContents
  let turns: UploadTurns
  /// Takes lines for the owner.
  let log: @Sendable (String) -> Void

  /// Bytes that are given in one answer: who may have a file is asked of each request, so none lasts
  /// for a whole one.
  private static let longestRange =
    Int64(FetchLimits.mostPieces) * Int64(PieceLayout.standardPieceByteCount)

  func router(proving proof: @escaping Proof) -> Router<PeerRequestContext> {
    let router = PeerServer.makeRouter()
    let service = self
    router.get(RouterPath(FilePaths.piecesRoute)) { request, context -> Response in
      let (node, hash) = try await Self.question(request, context, proof)
      return try await service.answering { try await service.pieces(of: hash, for: node) }
    }
    router.get(RouterPath(FilePaths.bytesRoute)) { request, context -> Response in
      let (node, hash) = try await Self.question(request, context, proof)
      let range = try Self.range(request)
      return try await service.answering { try await service.bytes(range, of: hash, for: node) }
    }
    return router
  }

  // MARK: Questions

  private static func question(
    _ request: Request, _ context: PeerRequestContext, _ proof: Proof
  ) async throws -> (Caller, ContentHash) {
    let node = try context.requireNode()
    guard let text = context.parameters.get("hash"), let hash = ContentHash(hexadecimal: text)
    else { throw ProblemDocument.malformed("A content's hash has 64 hexadecimal digits.") }
    return (Caller(node: node, viewer: await proof(node, request.bandStatement)), hash)
  }

  private static func range(_ request: Request) throws -> Range<Int64> {
    guard let from = request.uri.queryParameters.get("from", as: Int64.self),
      let count = request.uri.queryParameters.get("count", as: Int64.self), from >= 0, count > 0,
      from <= PieceLayout.longestFile, count <= PieceLayout.longestFile
    else {
      throw ProblemDocument.malformed("The bytes that are wanted are named by `from` and `count`.")
    }
    guard count <= longestRange else {
      throw ProblemDocument.malformed(
        "At most \(longestRange) bytes are given at once. Ask for the rest afterwards.")
    }
    return from..<(from + count)
  }

  private func answering(_ work: () async throws -> Response) async throws -> Response {
    do {
      return try await work()
    } catch let refusal as FileRefusal {
      note(refusal)
      throw ProblemDocument(refusal)
    }
  }

  private func note(_ refusal: FileRefusal) {
    if case .unreadable(let reason) = refusal { log("A file that was asked for: \(reason)") }
  }

  // MARK: Answers

  private func pieces(of hash: ContentHash, for caller: Caller) async throws -> Response {
    let turn = try turns.begin(for: caller.node)
    let content = try await open(hash, for: caller.viewer)
    guard content.layout.pieceCount > 1 else {
      return Response(status: .ok, headers: Self.headers(byteCount: 0), body: ResponseBody())
    }
    let bytes = try await contents.pieceHashes(of: content).bytes
    return Response(
      status: .ok, headers: Self.headers(byteCount: bytes.count),
      body: ResponseBody(contentLength: bytes.count) { writer in
        try await send(ByteBuffer(bytes: bytes), in: turn, &writer)
        try await writer.finish(nil)
      })
  }

  private static func headers(byteCount: Int) -> HTTPFields {
    [.contentType: "application/octet-stream", .contentLength: String(byteCount)]
  }

  private func bytes(
    _ range: Range<Int64>, of hash: ContentHash, for caller: Caller
  ) async throws -> Response {
    let turn = try turns.begin(for: caller.node)
    let content = try await open(hash, for: caller.viewer)
    guard range.upperBound <= content.layout.byteCount else { throw FileRefusal.beyondEnd }
    var verifier = content.verifier
    if verifier.needsHashes {
      verifier = PieceVerifier(
        hash: hash, layout: content.layout, hashes: try await contents.pieceHashes(of: content))
    }
    let pieces = PieceStream(content: content, verifier: verifier, range: range)
    // Read before the head of the answer goes out, so that a changed file is refused in words.
    let first = try await reading(content) { try await pieces.read(pieces.pieces.lowerBound) }
    return Response(
      status: .ok,
      headers: Self.headers(byteCount: range.count),
      body: ResponseBody(contentLength: range.count) { writer in
        try await send(pieces, beginningWith: first, to: caller.viewer, in: turn, &writer)
        try await writer.finish(nil)
      })
  }

  private func open(_ hash: ContentHash, for viewer: Viewer) async throws -> OpenContent {
    try await BlockingWork.run { [contents] () throws(FileRefusal) in
      try contents.open(hash, for: viewer)
    }
  }

  private func send(
    _ buffer: ByteBuffer, in turn: UploadTurns.Turn, _ writer: inout any ResponseBodyWriter
  ) async throws {
    var rest = buffer
    while let chunk = rest.readSlice(length: min(turns.chunkByteCount, rest.readableBytes)),
      chunk.readableBytes > 0
    {
      try Task.checkCancellation()
      try await turn.wait(toSend: chunk.readableBytes)
      try await writer.write(chunk)
    }
  }

  /// While one piece is sent, the next one is read, and whether it may be had is asked again. More is
  /// not read than the receiver takes.
  private func send(
    _ pieces: PieceStream, beginningWith first: ByteBuffer, to viewer: Viewer,
    in turn: UploadTurns.Turn, _ writer: inout any ResponseBodyWriter
  ) async throws {
    var present = first
    for piece in pieces.pieces {
      let hasNext = piece + 1 < pieces.pieces.upperBound
      async let next = hasNext ? reading(pieces.content) { try await pieces.read(piece + 1) } : nil
      try await send(present, in: turn, &writer)
      guard let next = try await next else { continue }
      // Who may have a share can change at any moment.
      let isGiven = await BlockingWork.run { [contents] in
        contents.stillGives(pieces.content, to: viewer)
      }
      guard isGiven else { throw FileRefusal.notShared }
      present = next
    }
  }

  /// Queues a file that is not what was hashed.
  private func reading<Value>(
    _ content: OpenContent, _ work: () async throws -> Value
  ) async throws -> Value {
    do {
      return try await work()
    } catch let refusal as FileRefusal {
      if case .changed = refusal { contents.doubt(content.file) }
      note(refusal)
      throw refusal
    }
  }
}

/// The pieces that a range of a file takes part of.
private struct PieceStream: Sendable {
  let content: OpenContent
  let verifier: PieceVerifier
  let range: Range<Int64>

  var pieces: Range<Int> {
    let length = Int64(content.layout.pieceByteCount)
    return Int(range.lowerBound / length)..<Int((range.upperBound - 1) / length) + 1
  }

  /// - Returns: the part of the piece that lies in the range.
  /// - Throws: ``FileRefusal``.
  func read(_ piece: Int) async throws -> ByteBuffer {
    try await BlockingWork.run { [self] () throws(FileRefusal) in
      let place = content.layout.bytes(of: piece)
      var failure: FileRefusal?
      var buffer = ByteBufferAllocator().buffer(capacity: place.count)
      buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: place.count) { memory in
        let memory = UnsafeMutableRawBufferPointer(rebasing: memory[..<place.count])
        do throws(FileRefusal) {
          try content.read(piece, by: verifier, into: memory)
        } catch {
          failure = error
        }
        return place.count
      }
      if let failure { throw failure }
      let wanted = place.clamped(to: range)
      // The piece is as long as was asked for.
      return buffer.getSlice(
        at: Int(wanted.lowerBound - place.lowerBound), length: wanted.count)!
    }
  }
}
