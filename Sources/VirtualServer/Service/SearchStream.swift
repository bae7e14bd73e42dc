import Hummingbird
import Protocol

/// An answer that is sent as it improves. Who reads slowly gets fewer of the answers between, never a
/// late last one.
enum SearchStream {
  /// - Parameter search: calls its argument with each better answer and returns the last one. What
  ///   it throws before the first is the answer's status.
  static func response(
    _ search:
      @escaping @Sendable (
        _ improve: @escaping @Sendable (GroupSearchAnswer) -> Void
      ) async throws -> GroupSearchAnswer
  ) async throws -> Response {
    let (answers, feed) = AsyncThrowingStream.makeStream(
      of: GroupSearchAnswer.self, bufferingPolicy: .bufferingNewest(1))
    let task = Task {
      do {
        feed.yield(try await search { feed.yield($0) })
        feed.finish()
      } catch {
        feed.finish(throwing: error)
      }
    }
    // Ends with the request: when the caller is gone, nobody iterates any more.
    feed.onTermination = { _ in task.cancel() }
    let iterator = IteratorBox(answers)
    // A refusal is an answer of its own and not the end of one that has begun.
    let first = try await iterator.next()
    return .messages { lines in
      var next = first
      while let answer = next {
        try await lines.write(answer)
        next = try await iterator.next()
      }
    }
  }
}

/// An iterator that one task after the other uses.
private actor IteratorBox {
  private var iterator: AsyncThrowingStream<GroupSearchAnswer, any Error>.Iterator

  init(_ answers: AsyncThrowingStream<GroupSearchAnswer, any Error>) {
    iterator = answers.makeAsyncIterator()
  }

  func next() async throws -> GroupSearchAnswer? {
    var iterator = iterator
    defer { self.iterator = iterator }
    return try await iterator.next()
  }
}
