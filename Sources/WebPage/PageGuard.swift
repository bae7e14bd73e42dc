import Foundation
import HTTPTypes
import Hummingbird
import Protocol

/// Lets the page's own requests through and nobody else's: other websites reach every address of
/// this machine through their visitors' browsers, and other users of the machine reach its ports.
struct PageGuard: RouterMiddleware {
  let hosts: PageHosts
  let token: String
  /// What is given without the secret: the page itself, the same for all. Exactly as written here,
  /// because the router takes `//v1` for `/v1`.
  let openPaths: Set<String>

  func handle(
    _ request: Request, context: PeerRequestContext,
    next: (Request, PeerRequestContext) async throws -> Response
  ) async throws -> Response {
    var response: Response
    if let refusal = refusal(of: request) {
      response = refusal.response
    } else {
      response = try await next(request, context)
    }
    for field in Self.headers { response.headers[field.name] = field.value }
    return response
  }

  private func refusal(of request: Request) -> ProblemDocument? {
    guard let host = request.head.authority, hosts.include(host) else {
      return .forbidden(
        "The page is asked for under a name that is not its own.", remedy: "Use: nearfind open")
    }
    if let origin = request.headers[.origin], origin.lowercased() != "http://\(host.lowercased())" {
      return .forbidden("Another website asks.", remedy: "Use: nearfind open")
    }
    if openPaths.contains(request.uri.path) { return nil }
    if let site = request.headers[.secFetchSite], site != "same-origin" && site != "none" {
      return .forbidden("Another website asks.", remedy: "Use: nearfind open")
    }
    guard let shown = request.headers[.authorization], shown.hasPrefix("Bearer "),
      isOpened(by: String(shown.dropFirst("Bearer ".count)))
    else {
      return ProblemDocument(
        .forbidden, status: 401, title: "Not opened by you",
        detail: "The request does not carry this page's secret.", remedy: "Use: nearfind open")
    }
    return nil
  }

  /// Takes as long for a wrong secret as for the right one.
  private func isOpened(by offered: String) -> Bool {
    let (known, offered) = (Array(token.utf8), Array(offered.utf8))
    var difference = known.count ^ offered.count
    for index in known.indices {
      difference |= Int(known[index] ^ (index < offered.count ? offered[index] : 0))
    }
    return difference == 0
  }

  private static let headers: HTTPFields = {
    var headers = HTTPFields()
    headers[.contentSecurityPolicy] = """
      default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
      media-src blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
      frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'
      """
    headers[.xContentTypeOptions] = "nosniff"
    headers[.referrerPolicy] = "no-referrer"
    headers[.crossOriginOpenerPolicy] = "same-origin"
    headers[.crossOriginResourcePolicy] = "same-origin"
    headers[.cacheControl] = "no-store"
    return headers
  }()
}

extension HTTPField.Name {
  // The names are constants of the form that a header's name has.
  static let referrerPolicy = Self("Referrer-Policy")!
  static let crossOriginOpenerPolicy = Self("Cross-Origin-Opener-Policy")!
  static let secFetchSite = Self("Sec-Fetch-Site")!
}
