import NIOCore
import Synchronization

/// The connections that wait for their next request, the last used first.
final class ConnectionPool: Sendable {
  private struct Kept {
    let connection: ClientConnection
    let alarm: Scheduled<Void>
  }

  private struct State {
    var kept: [PeerDestination: [Kept]] = [:]
    var isShutDown = false
  }

  private let idleLimit: Duration
  private let perDestination: Int
  private let state = Mutex(State())

  init(idleLimit: Duration, perDestination: Int) {
    self.idleLimit = idleLimit
    self.perDestination = perDestination
  }

  var isShutDown: Bool { state.withLock { $0.isShutDown } }

  func take(_ destination: PeerDestination) -> ClientConnection? {
    let taken = state.withLock { $0.kept[destination]?.popLast() }
    taken?.alarm.cancel()
    return taken?.connection
  }

  func put(_ connection: ClientConnection) {
    let destination = connection.destination
    let alarm = connection.channel.eventLoop.scheduleTask(
      in: .nanoseconds(Int64(idleLimit.nanoseconds))
    ) {
      connection.abort()
    }
    let surplus = state.withLock { state -> Kept? in
      let kept = Kept(connection: connection, alarm: alarm)
      guard !state.isShutDown else { return kept }
      state.kept[destination, default: []].append(kept)
      return state.kept[destination]!.count > perDestination
        ? state.kept[destination]!.removeFirst() : nil
    }
    surplus?.alarm.cancel()
    surplus?.connection.abort()
  }

  /// Sees to it that the connection is forgotten when it ends. Called once for each.
  func watch(_ connection: ClientConnection) {
    connection.channel.closeFuture.whenComplete { [weak self, weak connection] _ in
      guard let connection else { return }
      self?.forget(connection)
    }
  }

  func shutDown() {
    let all = state.withLock { state in
      state.isShutDown = true
      defer { state.kept = [:] }
      return state.kept.values.flatMap(\.self)
    }
    for kept in all {
      kept.alarm.cancel()
      kept.connection.abort()
    }
  }

  private func forget(_ connection: ClientConnection) {
    state.withLock { state in
      state.kept[connection.destination]?.removeAll { $0.connection === connection }
      if state.kept[connection.destination]?.isEmpty == true {
        state.kept[connection.destination] = nil
      }
    }
  }
}
