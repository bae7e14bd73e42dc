import Foundation

extension RevocationList {
  /// Everything that is revoked, as a central server told it.
  ///
  /// - Parameters:
  ///   - all: what was revoked since the beginning; names that no peer can have are left out.
  ///   - time: certificates issued up to it are covered: of who is trusted again, later ones count.
  public init(_ all: RevocationDelta, at time: Date) {
    self.init(
      revision: all.revision,
      users: Dictionary(all.users.map { ($0, time) }, uniquingKeysWith: max),
      namedNodes: Dictionary(all.nodes.map { ($0, time) }, uniquingKeysWith: max))
  }
}
