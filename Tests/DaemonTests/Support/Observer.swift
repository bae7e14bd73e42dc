import Foundation
import Synchronization
import Testing

/// Somebody who searches on a machine again and again and looks at what is answered.
final class Observer: Sendable {
  struct Findings: Sendable {
    var searchCount = 0
    var slowest = Duration.zero
    /// Answers from the machine's own files alone, and from the group's second copy.
    var ownCount = 0
    var standbyCount = 0
    /// The answers that were not complete: when they came, and what they covered.
    var incomplete: [(time: ContinuousClock.Instant, what: String)] = []
    var failures: [String] = []
  }

  private let findings = Mutex(Findings())
  private let task: Mutex<Task<Void, Never>?> = Mutex(nil)

  /// - Parameters:
  ///   - word: that files of all machines have.
  ///   - recordCount: as many as an answer must cover to be complete.
  init(_ machine: Machine, word: String, recordCount: Int) {
    let task = Task { [findings = self] in
      while !Task.isCancelled {
        let began = ContinuousClock.now
        do {
          let answer = try await machine.search(word, limit: 10)
          let now = ContinuousClock.now
          findings.findings.withLock { findings in
            findings.searchCount += 1
            findings.slowest = max(findings.slowest, now - began)
            let isOfGroup = answer.coverage?.scope == .group
            if !isOfGroup { findings.ownCount += 1 }
            if isOfGroup, answer.coverage?.shortfall != nil { findings.standbyCount += 1 }
            let isComplete =
              isOfGroup && (answer.coverage?.recordCount ?? 0) >= recordCount
              && answer.coverage?.incompleteNodes == []
            if !isComplete {
              let what =
                "\(answer.coverage?.scope.rawValue ?? "nothing") with "
                + "\(answer.coverage?.recordCount ?? 0) records, "
                + "\(answer.coverage?.incompleteNodes.count ?? 0) machines incomplete; "
                + (answer.coverage?.shortfall ?? "")
              findings.incomplete.append((now, what))
            }
            if answer.names.isEmpty { findings.failures.append("nothing was found") }
          }
        } catch {
          guard !Task.isCancelled else { return }
          findings.findings.withLock { $0.failures.append("\(error)") }
        }
        // As a busy person might; each search is a program that starts.
        try? await Task.sleep(for: .milliseconds(200))
      }
    }
    self.task.withLock { $0 = task }
  }

  var searchCount: Int { findings.withLock { $0.searchCount } }

  /// Ends it.
  func end() async -> Findings {
    let task = task.withLock { $0 }
    task?.cancel()
    await task?.value
    return findings.withLock { $0 }
  }
}
