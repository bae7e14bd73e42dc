import NIOCore
import Synchronization

/// A connection that has become a raw two-way pipe: bytes go in at one end and come out at the other,
/// beneath them the mutual TLS of the connection. To be given to ``PeerServer/serve(_:)``, to a
/// ``TunnelWay`` for a ``PeerClient``, or to ``TunnelSplice``, once; one that is dropped is closed.
public final class TunnelPipe: Sendable {
  let channel: any Channel
  private let isTaken = Atomic(false)

  /// - Parameter channel: with a ``TunnelEnd`` in its pipeline.
  init(_ channel: any Channel) {
    self.channel = channel
  }

  deinit {
    if !isTaken.load(ordering: .acquiring) { channel.close(promise: nil) }
  }

  /// Returns at once.
  public func close() {
    channel.close(promise: nil)
  }

  /// Whether both ends are there, as far as is known here.
  public var isOpen: Bool { channel.isActive }

  /// Returns when it has ended.
  public func closed() async {
    try? await channel.closeFuture.get()
  }

  /// Takes it into use: `build` adds handlers to the channel's pipeline, on its event loop, and then
  /// the first bytes go through them.
  ///
  /// - Throws: ``TunnelUse`` when it has been taken already or has ended; what `build` throws.
  func attach<Value: Sendable>(
    _ build: @escaping @Sendable (any Channel) throws -> Value
  ) async throws -> Value {
    guard !isTaken.exchange(true, ordering: .acquiringAndReleasing) else {
      throw TunnelUse.taken
    }
    let channel = channel
    do {
      return try await channel.eventLoop.submit {
        guard channel.isActive,
          let end = try? channel.pipeline.syncOperations.handler(type: TunnelEnd.self)
        else { throw TunnelUse.ended }
        let value = try build(channel)
        end.open()
        return value
      }.get()
    } catch {
      channel.close(promise: nil)
      throw error
    }
  }
}

/// Why a pipe cannot be used.
enum TunnelUse: Error, Hashable, Sendable {
  case taken
  case ended
}
