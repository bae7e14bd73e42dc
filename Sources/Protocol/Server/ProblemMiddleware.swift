import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Makes every error of a handler a ``ProblemDocument`` and an answer of it.
struct ProblemMiddleware: RouterMiddleware {
  func handle(
    _ request: Request, context: PeerRequestContext,
    next: (Request, PeerRequestContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch {
      return Self.response(to: error, logger: context.logger)
    }
  }

  static func response(to error: any Error, logger: Logger) -> Response {
    let document = document(of: error)
    if document.status >= 500 {
      logger.error("A request failed", metadata: ["error": "\(error)"])
    }
    return document.response
  }

  private static func document(of error: any Error) -> ProblemDocument {
    switch error {
    case let document as ProblemDocument: return document
    case let problem as CertificateProblem: return ProblemDocument(problem)
    case JSONProblem.tooLong(_, let limit): return .tooLarge(limit: limit)
    case let problem as JSONProblem: return .malformed("\(problem)")
    case is CancellationError: return .shuttingDown
    case let error as any HTTPResponseError: return document(of: error.status)
    default: return .internalError
    }
  }

  /// For refusals of the HTTP library's own, which know no more than a status.
  private static func document(of status: HTTPResponse.Status) -> ProblemDocument {
    switch status.code {
    case 404:
      ProblemDocument(
        .notFound, status: 404, title: "Not found", detail: "There is nothing at this path.",
        remedy: "Update Nearfind on both machines if they are of different versions.")
    case 405:
      ProblemDocument(
        .methodNotAllowed, status: 405, title: "Not that way",
        detail: "This path knows no such method.",
        remedy: "Update Nearfind on both machines if they are of different versions.")
    case 413: .tooLarge(limit: 0)
    case 400..<500: .malformed(status.reasonPhrase)
    default: .internalError
    }
  }
}

extension ProblemDocument {
  /// The answer that tells it.
  public var response: Response {
    var headers: HTTPFields = [.contentType: Self.mediaType]
    if let retryAfter { headers[.retryAfter] = String(retryAfter) }
    // A document of texts and whole numbers can always be encoded.
    let bytes = (try? BoundedJSON.encode(self)) ?? []
    headers[.contentLength] = String(bytes.count)
    return Response(
      status: .init(code: (400...599).contains(status) ? status : 500), headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
