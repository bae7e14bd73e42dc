import Hummingbird
import Protocol
import SearchModel

/// What the daemon answers on its Unix socket.
public struct LocalService: Sendable {
  let daemon: NodeDaemon

  var router: Router<PeerRequestContext> {
    let router = PeerServer.makeRouter()
    let daemon = daemon
    router.get("/v1/local/status") { _, _ -> Response in try Response.message(await daemon.status())
    }
    router.post("/v1/local/search") { request, _ -> Response in
      let message = try await request.message(LocalSearchRequest.self, limits: Self.limits)
      return try await Response.improving { improve in
        try await Self.answering { try await daemon.search(message.search, improve: improve) }
      }
    }
    router.post("/v1/local/index") { request, _ -> Response in
      let message = try await request.message(LocalFoldersRequest.self, limits: Self.limits)
      return Response.messages { lines in
        for await news in Self.index(message, by: daemon) { try await lines.write(news) }
      }
    }
    router.post("/v1/local/news") { request, _ -> Response in
      let message = try await request.message(NewsRequest.self, limits: Self.limits)
      return try Response.message(await Self.answering { try await daemon.news(message) })
    }
    router.get("/v1/local/band-statement") { _, _ -> Response in
      try Response.message(LocalBandAnswer(statement: await daemon.bandStatement()))
    }
    router.post("/v1/local/tunnels") { request, context -> Response in
      let source = try await request.message(FileSource.self)
      let far = try await Self.answering { try await daemon.tunnel(to: source) }
      return try Response.tunnel(for: request, in: context) { near in
        // The two ends have limits of their own on how long nothing moves.
        _ = await TunnelSplice(near, far, idle: .seconds(600)) { _ in .goOn(after: .zero) }.run()
      }
    }
    router.get("/v1/local/reachability") { _, _ -> Response in
      try Response.message(await Self.answering { try await daemon.reachability() })
    }
    router.post("/v1/local/forget") { request, _ -> Response in
      let message = try await request.message(LocalFoldersRequest.self, limits: Self.limits)
      let shares = try await Self.answering {
        try await daemon.forget(message.folders.map { PathBytes($0) })
      }
      return try Response.message(LocalForgetAnswer(folders: shares.map { $0.root.bytes }))
    }
    router.post("/v1/local/visibility") { request, _ -> Response in
      let message = try await request.message(LocalVisibilityRequest.self, limits: Self.limits)
      _ = try await Self.answering {
        try await daemon.setVisibility(message.visibility, of: PathBytes(message.folder))
      }
      return try Response.message(LocalDone())
    }
    router.post("/v1/local/stop") { _, _ -> Response in
      await daemon.stop()
      return try Response.message(LocalDone())
    }
    return router
  }

  /// Has the daemon index folders, which it does to the end even where nobody reads this.
  private static func index(
    _ request: LocalFoldersRequest, by daemon: NodeDaemon
  ) -> AsyncStream<LocalIndexNews> {
    // Who reads slowly misses some of the progress, and never the end.
    let (stream, continuation) = AsyncStream.makeStream(
      of: LocalIndexNews.self, bufferingPolicy: .bufferingNewest(16))
    let pace = ProgressPace()
    Task {
      defer { continuation.finish() }
      do {
        let summary = try await answering {
          try await daemon.index(
            request.folders.map { PathBytes($0) }, visibility: request.visibility
          ) { step in
            if pace.isDue(step, now: .now) { continuation.yield(.progress(step)) }
          }
        }
        continuation.yield(.done(LocalIndexAnswer(summary)))
      } catch let problem as ProblemDocument {
        continuation.yield(.failed(problem))
      } catch is CancellationError {
        continuation.yield(.failed(.daemonEnds))
      } catch {
        continuation.yield(.failed(failed("\(error)")))
      }
    }
    return stream
  }

  /// Queries nest, and every level is several of JSON's; a path is an array of bytes.
  private static let limits = JSONLimits(byteCount: 8 << 20, depth: 256, valueCount: 8_000_000)

  /// What goes wrong in words for the user, who sits at the other end.
  public static func answering<Value>(_ work: () async throws -> Value) async throws -> Value {
    do {
      return try await work()
    } catch let error as CatalogError {
      switch error {
      case .folderUnusable, .overlapping, .notShared:
        throw ProblemDocument(
          .malformed, status: 400, title: "Wrong use", detail: error.description, remedy: "")
      default: throw failed("\(error)")
      }
    } catch let error as EngineError {
      if case .invalidRequest(let reason) = error { throw ProblemDocument.malformed(reason) }
      throw failed("\(error)")
    } catch let error as PeerClientError {
      throw ProblemDocument(
        .unavailable, status: 503, title: "The virtual server does not answer",
        detail: "The group's virtual server could not be asked: \(error)",
        remedy: "It is asked again.", retryAfter: 1)
    }
  }

  private static func failed(_ detail: String) -> ProblemDocument {
    ProblemDocument(
      .internalError, status: 500, title: "It could not be done", detail: detail, remedy: "")
  }
}

extension LocalIndexAnswer {
  fileprivate init(_ summary: IndexingSummary) {
    self.init(
      fileCount: summary.fileCount, changeCount: summary.changeCount,
      readCount: summary.readCount, readByteCount: summary.readByteCount,
      unreadableCount: summary.unreadableCount, postponedCount: summary.postponedCount,
      publishedCount: summary.publishedCount, absences: summary.absences)
  }
}
