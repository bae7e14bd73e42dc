import Foundation
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOSSL

/// One request and its answer on a connection.
struct Exchange: Sendable {
  let connection: ClientConnection
  let request: PeerRequest
  let limits: ClientLimits

  /// What came of it.
  struct Outcome<Value: Sendable>: Sendable {
    let value: Value
    /// Whether the connection can take another request.
    let isReusable: Bool
  }

  /// An exchange that failed before anything of an answer came.
  struct Unanswered: Error {
    let error: any Error
  }

  /// - Parameter receive: reads the answer; called only for one that does not refuse.
  /// - Throws: ``ProblemDocument``, ``PeerClientError``, `CancellationError`, what `receive` throws;
  ///   ``Unanswered`` around what went wrong before the answer.
  func run<Value: Sendable>(
    _ receive: @escaping @Sendable (inout PeerResponse) async throws -> Value
  ) async throws -> Outcome<Value> {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        connection.submit(
          ClientConnection.Job { iterator, outbound in
            do {
              let outcome = try await perform(&iterator, outbound, receive)
              continuation.resume(returning: outcome)
              return outcome.isReusable
            } catch {
              continuation.resume(throwing: error)
              return false
            }
          } abandon: {
            continuation.resume(
              throwing: Unanswered(
                error: Task.isCancelled
                  ? CancellationError() : PeerClientError.connectionLost(connection.destination)))
          })
      }
    } onCancel: {
      // The far side sees the connection end, and its handler is cancelled.
      connection.abort()
    }
  }

  private func perform<Value: Sendable>(
    _ iterator: inout ClientConnection.Inbound.AsyncIterator, _ outbound: ClientConnection.Outbound,
    _ receive: @Sendable (inout PeerResponse) async throws -> Value
  ) async throws -> Outcome<Value> {
    let alarm = AnswerAlarm(connection, limit: request.timeLimit ?? limits.answer)
    defer { alarm.stop() }
    return try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        do {
          try await send(outbound)
          alarm.start()
        } catch {
          giveUp(after: error)
          throw error
        }
      }
      var response: PeerResponse
      do {
        response = try await PeerResponse(iterator, connection, limits)
        alarm.stop()
      } catch {
        throw Unanswered(error: failure(error))
      }
      guard response.status.kind == .successful else {
        // The rest of the request is not wanted any more.
        group.cancelAll()
        let problem = try await response.problem()
        throw problem
      }
      do {
        let value = try await receive(&response)
        let isWhole = response.isAtEnd
        if isWhole { try await group.waitForAll() } else { group.cancelAll() }
        iterator = response.iterator
        return Outcome(value: value, isReusable: isWhole && !response.isLast)
      } catch {
        group.cancelAll()
        throw failure(error)
      }
    }
  }

  private func send(_ outbound: ClientConnection.Outbound) async throws {
    let head = request.head
    switch request.content {
    case .none:
      try await outbound.write(contentsOf: [.head(head), .end(nil)])
    case .bytes(let bytes):
      try await outbound.write(
        contentsOf: [.head(head), .body(ByteBuffer(bytes: bytes)), .end(nil)])
    case .lines(let produce):
      try await outbound.write(.head(head))
      var writer = RequestLineWriter(
        outbound: outbound, connection: connection, pause: limits.pause)
      try await produce(&writer)
      try await outbound.write(.end(nil))
    }
  }

  /// Ends the connection when the request cannot be made. When it only cannot be sent, there may be
  /// an answer yet that says why.
  private func giveUp(after error: any Error) {
    switch error {
    // A peer that dies ends the encryption without a goodbye.
    case is ChannelError, is IOError, is CancellationError, NIOSSLError.uncleanShutdown: break
    default:
      if ClientConnection.isRefusalByTLS(error) { return }
      connection.requestFailed(error)
    }
  }

  /// What the caller is told instead of what the transport says.
  private func failure(_ error: any Error) -> any Error {
    if Task.isCancelled { return CancellationError() }
    if let failure = connection.requestFailure { return failure }
    let destination = connection.destination
    if connection.hasTimedOut { return PeerClientError.timedOut(destination, .answer) }
    switch error {
    case is PeerClientError, is ProblemDocument, is CancellationError: return error
    case let problem as JSONProblem:
      return PeerClientError.unintelligible(destination, reason: "\(problem)")
    case is ChannelError, is IOError, HTTPParserError.invalidEOFState,
      NIOSSLError.uncleanShutdown:
      return PeerClientError.connectionLost(destination)
    case let error as HTTPParserError:
      return PeerClientError.unintelligible(destination, reason: "\(error).")
    default:
      return ClientConnection.isRefusalByTLS(error)
        ? PeerClientError.handshakeRefused(destination) : error
    }
  }
}
