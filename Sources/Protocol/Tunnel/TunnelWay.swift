/// How a ``PeerClient`` gets a connection to a peer that it cannot connect to: each time it needs one,
/// somebody opens a tunnel for it. Equal only to itself.
public final class TunnelWay: Sendable, Hashable {
  /// For messages to people: whom it leads to, and how.
  public let name: String
  private let make: @Sendable () async throws -> TunnelPipe

  /// - Parameter open: opens a tunnel in bounded time. What it throws, who asked for a connection gets.
  public init(name: String, open: @escaping @Sendable () async throws -> TunnelPipe) {
    self.name = name
    make = open
  }

  func open() async throws -> TunnelPipe { try await make() }

  public static func == (left: TunnelWay, right: TunnelWay) -> Bool { left === right }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(self))
  }
}
