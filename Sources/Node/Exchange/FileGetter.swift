public import Exchange
import Foundation
public import Protocol
public import SearchModel
import Synchronization

/// Fetches files for the user of this machine, in whatever process it is used.
public struct FileGetter: Sendable {
  /// One file, and who has it.
  public struct Wish: Hashable, Sendable {
    public var hash: ContentHash
    public var byteCount: Int64
    /// Nearest first.
    public var sources: [FileSource]

    public init(hash: ContentHash, byteCount: Int64, sources: [FileSource]) {
      self.hash = hash
      self.byteCount = byteCount
      self.sources = sources
    }
  }

  /// Where it goes.
  public enum Place: Sendable {
    case file(FetchTarget, overwrites: Bool)
    /// In order, as to a pipe.
    case descriptor(CInt)
  }

  /// How far it is.
  public struct Progress: Hashable, Sendable {
    public var byteCount: Int64
    public var total: Int64
    /// Bytes that were there from an earlier time.
    public var resumedCount: Int64
    public var sourceCount: Int
  }

  /// What came of it.
  public struct Report: Hashable, Sendable {
    /// By name, in the order of the wish, those that sent something.
    public var senders: [String]
    /// Of the whole file.
    public var byteCount: Int64
    /// Bytes that were there from an earlier time.
    public var resumedCount: Int64
  }

  /// Who is asked no more, and why.
  public typealias Complaint = @Sendable (_ source: String, _ reason: DropReason) -> Void

  private let identity: NodeIdentity?
  private let band: OwnBand
  private let connecting: (any SourceConnecting)?
  private let contents: SharedContents?
  public var limits = FetchLimits()

  /// - Parameters:
  ///   - identity: this machine's node; nil where it has joined no network.
  ///   - bandStatement: says which band it is in, for files that a band alone may have; is asked
  ///     again from time to time.
  ///   - connecting: the ways to other nodes; nil where there are none.
  ///   - catalog: what this machine has itself; nil for nothing.
  public init(
    identity: NodeIdentity?,
    bandStatement: @escaping @Sendable () async -> BandStatement? = { nil },
    connecting: (any SourceConnecting)?, catalog: Catalog?
  ) {
    self.identity = identity
    band = OwnBand(bandStatement)
    self.connecting = connecting
    contents = catalog.map { SharedContents(catalog: $0) { _ in } }
  }

  /// What a file of this content is called on this machine; nil where there is none. Blocks.
  public func ownCopy(of hash: ContentHash) -> (filename: String, byteCount: Int64)? {
    contents?.firstCopy(of: hash).map { ($0.path.lastComponent.text, $0.status.size) }
  }

  /// Fetches until the file is whole and in its place. What came is kept where it ends before.
  ///
  /// - Throws: ``FetchError``, ``FetchStorageError``, `CancellationError`.
  public func fetch(
    _ wish: Wish, to place: Place, progress: @escaping @Sendable (Progress) -> Void = { _ in },
    complaint: @escaping Complaint = { _, _ in }
  ) async throws -> Report {
    guard let layout = PieceLayout(byteCount: wish.byteCount) else {
      throw FetchError.impossibleSize(wish.byteCount)
    }
    // Without a piece there is nothing else that the hash could be compared with.
    guard wish.byteCount > 0 || wish.hash == PiecesRoot().finished() else {
      throw FetchError.notEmpty
    }
    guard layout.byteCount <= PieceLayout.longestFetched else {
      throw FetchError.tooLong(wish.byteCount)
    }
    let sources = sources(of: wish)
    guard !sources.isEmpty else { throw FetchError.noSource }
    switch place {
    case .descriptor(let descriptor):
      let sink = PipeSink(descriptor: descriptor)
      var limits = limits
      limits.window = PipeSink.window
      do {
        return try await run(
          wish, layout, sources, sink, limits, progress, complaint
        ) { _ in PieceSet(pieceCount: layout.pieceCount) }
      } catch FetchError.gaveUp(let failures) where sink.writtenCount > 0 {
        throw FetchError.cutOff(failures, written: sink.writtenCount)
      }
    case .file(let target, let overwrites):
      let file = try await BlockingWork.run { () throws(FetchStorageError) in
        try PartialFile(target, layout: layout, overwrites: overwrites)
      }
      return try await fetch(wish, layout, sources, into: file, progress, complaint)
    }
  }

  private func fetch(
    _ wish: Wish, _ layout: PieceLayout, _ sources: [any PieceSource], into file: PartialFile,
    _ progress: @escaping @Sendable (Progress) -> Void, _ complaint: @escaping Complaint
  ) async throws -> Report {
    let isUsed = Mutex(false)
    do {
      // Before the list of hashes is asked for, which is long where the file is.
      try await BlockingWork.run { () throws(FetchStorageError) in try file.checkRoom() }
      let report = try await run(
        wish, layout, sources, file, limits, progress, complaint
      ) { verifier in
        let present = try await Self.present(in: file, verifier)
        try file.checkRoom(beside: present)
        isUsed.withLock { $0 = true }
        return present
      }
      try await BlockingWork.run { () throws(FetchStorageError) in try file.finish() }
      return report
    } catch {
      // What was not begun leaves nothing behind; what is there goes on being there.
      if !isUsed.withLock({ $0 }), file.isEmpty { file.discard() }
      throw error
    }
  }

  private static func present(
    in file: PartialFile, _ verifier: PieceVerifier
  ) async throws -> PieceSet {
    let cancellation = Cancellation()
    return try await withTaskCancellationHandler {
      try await BlockingWork.run { () throws(FetchStorageError) in
        try file.verifiedPieces(by: verifier) { cancellation.isCancelled }
      }
    } onCancel: {
      cancellation.cancel()
    }
  }

  private func run(
    _ wish: Wish, _ layout: PieceLayout, _ sources: [any PieceSource], _ sink: any PieceSink,
    _ limits: FetchLimits, _ progress: @escaping @Sendable (Progress) -> Void,
    _ complaint: @escaping Complaint,
    present: @escaping @Sendable (PieceVerifier) async throws -> PieceSet
  ) async throws -> Report {
    let resumed = Mutex<Int64>(0)
    let fetch = FileFetch(
      hash: wish.hash, layout: layout, sources: sources, sink: sink, limits: limits,
      progress: { step in
        progress(
          Progress(
            byteCount: step.byteCount, total: layout.byteCount,
            resumedCount: resumed.withLock { $0 }, sourceCount: step.activeCount))
      }, dropped: { complaint(sources[$0].name, $1) })
    do {
      let summary = try await fetch.run { verifier in
        let found = try await present(verifier)
        let machine = FetchMachine(layout, have: found, needsHashes: false, sourceCount: 0)
        resumed.withLock { $0 = machine.keptByteCount }
        return found
      }
      return Report(
        senders: sources.indices.filter { (summary.byteCounts[$0] ?? 0) > 0 }
          .map { sources[$0].name },
        byteCount: layout.byteCount,
        resumedCount: resumed.withLock { $0 })
    } catch let error as FileFetch.GivenUp {
      throw FetchError.gaveUp(
        sources.indices.map {
          FetchError.Failure(name: sources[$0].name, reason: error.reasons[$0])
        })
    }
  }

  /// This machine's own copy before those of others.
  private func sources(of wish: Wish) -> [any PieceSource] {
    var sources: [any PieceSource] = []
    if let contents, contents.firstCopy(of: wish.hash)?.status.size == wish.byteCount {
      sources.append(LocalPieceSource(contents: contents, hash: wish.hash))
    }
    let hasOwn = !sources.isEmpty
    var seen: Set<FileSource> = []
    guard let connecting else { return sources }
    for source in wish.sources where seen.insert(source).inserted {
      if hasOwn, source.node == identity { continue }
      sources.append(
        NodePieceSource(
          source: source, hash: wish.hash, band: band, connecting: connecting))
    }
    return sources
  }
}
