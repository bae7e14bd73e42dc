import Hummingbird

extension Response {
  /// An answer that is sent as it improves: one message a line, each whole and better than the one
  /// before. The receiver that reads slowly gets fewer of them.
  ///
  /// - Parameter search: calls its argument, which does not wait, with each better answer and returns
  ///   the last one. It is cancelled when the receiver is gone.
  /// - Throws: what `search` throws before it has any answer; the request is then refused with it.
  public static func improving<Message: Encodable & Sendable>(
    _ search:
      @escaping @Sendable (
        _ improve: @escaping @Sendable (Message) -> Void
      ) async throws -> Message
  ) async throws -> Response {
    let answers = LatestAnswer<Message>()
    let task = Task {
      do {
        answers.put(try await search { answers.put($0) })
        answers.finish(.success(()))
      } catch {
        answers.finish(.failure(error))
      }
    }
    let first = try await withTaskCancellationHandler {
      try await answers.next()
    } onCancel: {
      task.cancel()
    }
    return .messages { lines in
      // Also when the receiver is gone in the middle.
      defer { task.cancel() }
      var next = first
      while let answer = next {
        try await lines.write(answer)
        next = try await answers.next()
      }
    }
  }
}
