import Foundation
import SearchModel
import Synchronization
import Testing

@testable import Node

/// Real folders, real events.
@Suite struct WatchingTests {
  private static var options: IndexingSession.Options {
    var options = IndexingSession.Options()
    options.settlingTime = .milliseconds(20)
    return options
  }

  /// Waits until the condition holds, and fails when it does not within the time.
  private func wait(
    _ what: Comment, for condition: () -> Bool, location: SourceLocation = #_sourceLocation
  ) async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while !condition(), .now < deadline { try await Task.sleep(for: .milliseconds(10)) }
    #expect(condition(), what, sourceLocation: location)
  }

  private func watching(
    _ workshop: Workshop, _ body: (Notices) async throws -> Void
  ) async throws {
    try workshop.catalog.share(workshop.shared.bytes)
    let notices = Notices()
    let task = Task { try await workshop.session.watch(notice: { notices.add($0) }) }
    try await wait("watching") {
      notices.all.contains { if case .watching = $0 { true } else { false } }
    }
    try await body(notices)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test(.timeLimit(.minutes(2))) func changesAreFollowed() async throws {
    let workshop = try Workshop(options: Self.options)
    try workshop.shared.write("one", to: "a/one")
    try await watching(workshop) { _ in
      try await wait("what was there") { workshop.record("a/one")?.title == "one" }
      try workshop.shared.write("two", to: "a/two")
      try await wait("a new file") { workshop.record("a/two")?.title == "two" }
      try workshop.shared.write("three", to: "b/c/d/three")
      try await wait("new folders") { workshop.record("b/c/d/three")?.title == "three" }
      try workshop.shared.write("other", to: "b/c/d/three")
      try await wait("a change") { workshop.record("b/c/d/three")?.title == "other" }
      _ = workshop.takeExtractionCount()
      try workshop.shared.move("b", to: "a/moved")
      try await wait("a moved folder") {
        workshop.paths == ["a/moved/c/d/three", "a/one", "a/two"]
      }
      #expect(workshop.takeExtractionCount() == 0)
      try workshop.shared.write("four", to: "a/moved/c/four")
      try await wait("a file in it") { workshop.record("a/moved/c/four")?.title == "four" }
      try workshop.shared.write("four\n*.log\ntwo\n", to: "a/" + IgnoreRules.filename)
      try await wait("an ignore file") { workshop.paths == ["a/moved/c/d/three", "a/one"] }
      try workshop.shared.remove("a/moved")
      try await wait("a removal") { workshop.paths == ["a/one"] }
    }
  }

  @Test(.timeLimit(.minutes(2)), arguments: UInt64(1)...3)
  func afterAStormTheIndexHoldsWhatIsThere(seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    let workshop = try Workshop(options: Self.options)
    var operations = RandomOperations(folder: workshop.shared)
    try await watching(workshop) { _ in
      for _ in 0..<4 {
        for _ in 0..<30 { try operations.perform(using: &generator) }
        try await wait("seed \(seed)") { workshop.difference() == nil }
      }
    }
  }

  @Test func aFolderIsWatchedOnce() throws {
    var watcher = try FolderWatcher()
    let folder = try TemporaryFolder()
    let share = Share(id: 1, root: folder.bytes, name: "x", device: 0, inode: 0)
    #expect(watcher.watch(.empty, of: share) == true)
    #expect(watcher.watch(.empty, of: share) == false)
    // A folder that is gone needs no watch.
    #expect(watcher.watch(PathBytes("gone"), of: share) == false)
    #expect(watcher.watchCount == 1)
  }

  @Test func lostEventsAreSaid() throws {
    var watcher = try FolderWatcher()
    var plan = WatchPlan(settlingTime: .seconds(1), rescanInterval: .seconds(60))
    let overflow = Inotify.Event(watch: -1, mask: 0x4000, name: nil)
    #expect(watcher.take([overflow], into: &plan, at: .now))
    #expect(plan.nextDue == nil)
  }
}

final class Notices: Sendable {
  private let notices = Mutex<[WatchNotice]>([])
  func add(_ notice: WatchNotice) { notices.withLock { $0.append(notice) } }
  var all: [WatchNotice] { notices.withLock { $0 } }
}
