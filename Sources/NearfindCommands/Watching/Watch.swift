import Foundation
import Node
import Protocol
import SearchModel

/// Asks again and again what is new for a query, says it, and keeps what was said.
struct Watch: Sendable {
  let query: Query
  let daemon: LocalClient
  let folder: WatchFolder
  let interval: Duration
  let tellsPresent: Bool
  let endsAtOnce: Bool
  let console: Console
  let printer: NewsPrinter

  /// Runs until the task is cancelled or the daemon ends.
  ///
  /// - Throws: ``CommandFailure``, `CancellationError`.
  func run(from start: WatchState) async throws {
    var state = start
    var trouble = ""
    while true {
      do {
        let answer = try await daemon.news(
          NewsRequest(query: query, scope: state.scope, known: state.revisions))
        let isFirst = !state.hasBegun
        let new = state.take(answer, tellsPresent: tellsPresent)
        for record in new { console.output.emit(try printer.text(of: record)) }
        // After it was printed: what is told twice is better than what is never told.
        if !answer.changed.isEmpty || isFirst { try folder.save(state) }
        if isFirst { announce(state, answer) }
        say(&trouble, shortfall(of: answer))
      } catch let problem as ProblemDocument {
        if problem.status == 400 { throw CommandFailure.wrongUse(problem.detail) }
        say(&trouble, problem.detail)
      } catch is PeerClientError {
        throw CommandFailure.failed(
          "nearfind up has ended. Start it again; the same command goes on from here.")
      }
      if endsAtOnce { return }
      // New files are looked for every so often; cut short by Ctrl-C.
      try await Task.sleep(for: interval)
    }
  }

  private func announce(_ state: WatchState, _ answer: NewsAnswer) {
    guard !printer.isJSON else { return }
    let count = Wording.count(state.seen.count, "file matches", "files match")
    console.complain("\(count) now. New ones are reported as they come; Ctrl-C ends.")
    if answer.changed.contains(where: \.isCut) {
      console.complain(
        "More than \(Wording.grouped(NewsLimits.matchCount)) files of one group match: only the "
          + "last changed of them are watched. Ask for something rarer.")
    }
  }

  private func shortfall(of answer: NewsAnswer) -> String {
    answer.missingCount == 0
      ? ""
      : "\(Wording.count(answer.missingCount, "virtual server")) of "
        + "\(Wording.grouped(answer.watchedCount)) did not answer; asked again."
  }

  /// Says what is new; the same again and again is no news.
  private func say(_ last: inout String, _ text: String) {
    if text != last, !text.isEmpty { console.complain(text) }
    last = text
  }
}
