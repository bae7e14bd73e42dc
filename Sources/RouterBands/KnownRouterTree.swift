/// Which router stands above which, as earlier traces showed it: the first trace that names a
/// router's parent settles it until it is forgotten.
///
/// It does two things. It fills hops that were silent this time, since routers answer about one
/// probe a second. And it holds apart what only looks alike: two carriers that number their routers
/// alike, or somebody who answers with another's router address, stand under another parent.
public struct KnownRouterTree: Hashable, Sendable, Codable {
  /// What stands directly above a router.
  public enum Parent: Hashable, Sendable, Codable {
    case centralServer
    case router(IPAddress)
  }

  /// What the tree says about a path.
  public enum Verdict: Hashable, Sendable {
    /// Nothing speaks against it. The path has its gaps filled where the tree knows them.
    case consistent(RouterPath)
    /// `router` is known below `known`, and this path shows it below `seen`.
    case contradicted(router: IPAddress, known: Parent, seen: Parent?)
    /// One router would stand twice on the path.
    case looped(router: IPAddress)
    /// The last router has a private address, which any network may use, and nothing above it
    /// shows which one this is.
    case unanchored(router: IPAddress)
    /// The last hop is silent: there is no router to judge.
    case silent
  }

  private struct Knowledge: Hashable, Sendable, Codable {
    var parent: Parent
    var isConfirmed: Bool
  }

  private var known: [IPAddress: Knowledge] = [:]

  public init() {}

  /// The tree that the stored paths of bands make, in their order.
  public init(learning paths: some Sequence<RouterPath>) {
    for path in paths { learn(path) }
  }

  public var count: Int { known.count }

  public func parent(of router: IPAddress) -> Parent? { known[router]?.parent }

  /// Judges the path that ends at an upper-level router.
  ///
  /// The nearest parent decides. A change of routes further up is everybody's, and must not throw
  /// every band below it into doubt.
  public func verdict(on path: RouterPath) -> Verdict {
    var filled = path.hops.map { hop in
      hop.address?.canBeRouter == true ? hop : Hop(nil, roundTrip: nil)
    }
    guard filled.last?.address != nil else { return .silent }
    for index in filled.indices.reversed() {
      // Reached only below an answering or filled hop, see the end of the loop.
      guard let router = filled[index].address else { break }
      let above = index > 0 ? filled[index - 1].address : nil
      let seen: Parent? = index == 0 ? .centralServer : above.map(Parent.router)
      switch (parent(of: router), seen) {
      case (let known?, let seen?) where known != seen:
        return .contradicted(router: router, known: known, seen: seen)
      case (.centralServer?, nil):
        return .contradicted(router: router, known: .centralServer, seen: nil)
      case (.router(let known)?, nil):
        filled[index - 1].address = known
        continue
      case (nil, nil):
        return router.isPrivate
          ? .unanchored(router: router) : Self.loop(in: filled) ?? .consistent(RouterPath(filled))
      case (_, _?):
        if router.isPrivate { continue }
      }
      break
    }
    return Self.loop(in: filled) ?? .consistent(RouterPath(filled))
  }

  /// Takes in a path that ``verdict(on:)`` found consistent. What is known already stays.
  public mutating func learn(_ path: RouterPath) {
    for (index, hop) in path.hops.enumerated() {
      guard let router = hop.address, router.canBeRouter else { continue }
      let above = index > 0 ? path.hops[index - 1].address : nil
      guard let parent = index == 0 ? .centralServer : above.map(Parent.router) else { continue }
      if known[router] == nil || known[router]?.parent == parent {
        known[router] = Knowledge(parent: parent, isConfirmed: true)
      }
    }
  }

  /// Forgets what no path has confirmed since the last call. Called once a day or so, it lets the
  /// tree follow routes that change.
  public mutating func forgetUnconfirmed() {
    known = known.filter { $0.value.isConfirmed }
    for router in known.keys { known[router]?.isConfirmed = false }
  }

  /// Forgets one router, for an administrator who knows that it moved.
  public mutating func forget(_ router: IPAddress) {
    known[router] = nil
  }

  private static func loop(in hops: [Hop]) -> Verdict? {
    var met: Set<IPAddress> = []
    for address in hops.compactMap(\.address) where !met.insert(address).inserted {
      return .looped(router: address)
    }
    return nil
  }
}
