import HummingbirdCore
import Logging
import NIOCore
import NIOHTTPTypes
import Synchronization

/// A connection whose pipeline stands, ready to be served.
///
/// One that is let in while the listening channel closes reaches nobody who would serve it. Its
/// channel is then closed here: NIO ends the program when the writer of an open channel is dropped.
final class AcceptedConnection: Sendable {
  private let http: HTTP1Channel
  private let messages: HTTP1Channel.Value
  private let isServed = Atomic(false)

  init(http: HTTP1Channel, messages: HTTP1Channel.Value) {
    self.http = http
    self.messages = messages
  }

  deinit {
    guard !isServed.load(ordering: .acquiring) else { return }
    Task { [messages] in try? await messages.executeThenClose { _, _ in } }
  }

  /// Returns when the connection has ended.
  func serve(logger: Logger) async {
    isServed.store(true, ordering: .releasing)
    await withTaskGroup(of: Void.self) { group in
      group.addTask { [http, messages] in await http.handle(value: messages, logger: logger) }
      // When the peer is gone, whoever works for it should know.
      group.addTask { [messages] in try? await messages.channel.closeFuture.get() }
      await group.next()
      group.cancelAll()
    }
  }
}
