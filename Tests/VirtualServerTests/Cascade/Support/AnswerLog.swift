import Protocol
import Synchronization

/// The answers that were shown. With a lock, because they come from a synchronous call.
final class AnswerLog: Sendable {
  private let answers = Mutex<[GroupSearchAnswer]>([])

  var all: [GroupSearchAnswer] { answers.withLock { $0 } }

  func add(_ answer: GroupSearchAnswer) { answers.withLock { $0.append(answer) } }
}
