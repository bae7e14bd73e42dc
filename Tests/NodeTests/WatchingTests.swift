import Foundation
import SearchModel
import Synchronization
import TestSupport
import Testing

@testable import Node

/// Real folders, real events.
@Suite struct WatchingTests {
  private static var options: IndexingSession.Options {
    var options = IndexingSession.Options()
    options.settlingTime = .milliseconds(20)
    return options
  }

  /// Waits until the index holds what is there, and fails with what it does not.
  private func waitForNoDifference(
    in workshop: Workshop, _ what: Comment, location: SourceLocation = #_sourceLocation
  ) async throws {
    try? await wait(until: "no difference") { workshop.difference() == nil }
    #expect(workshop.difference() == nil, what, sourceLocation: location)
  }

  private func watching(
    _ workshop: Workshop, _ body: (Notices) async throws -> Void
  ) async throws {
    try workshop.catalog.share(workshop.shared.bytes)
    let notices = Notices()
    let task = Task { try await workshop.session.watch(notice: { notices.add($0) }) }
    try await wait(until: "watching") {
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
      try await wait(until: "what was there") { workshop.record("a/one")?.title == "one" }
      try workshop.shared.write("two", to: "a/two")
      try await wait(until: "a new file") { workshop.record("a/two")?.title == "two" }
      try workshop.shared.write("three", to: "b/c/d/three")
      try await wait(until: "new folders") { workshop.record("b/c/d/three")?.title == "three" }
      try workshop.shared.write("other", to: "b/c/d/three")
      try await wait(until: "a change") { workshop.record("b/c/d/three")?.title == "other" }
      _ = workshop.takeExtractionCount()
      try workshop.shared.move("b", to: "a/moved")
      try await wait(until: "a moved folder") {
        workshop.paths == ["a/moved/c/d/three", "a/one", "a/two"]
      }
      #expect(workshop.takeExtractionCount() == 0)
      try workshop.shared.write("four", to: "a/moved/c/four")
      try await wait(until: "a file in it") { workshop.record("a/moved/c/four")?.title == "four" }
      try workshop.shared.write("four\n*.log\ntwo\n", to: "a/" + IgnoreRules.filename)
      try await wait(until: "an ignore file") { workshop.paths == ["a/moved/c/d/three", "a/one"] }
      try workshop.shared.remove("a/moved")
      try await wait(until: "a removal") { workshop.paths == ["a/one"] }
    }
  }

  @Test(.timeLimit(.minutes(2)), arguments: UInt64(1)...12)
  func afterAStormTheIndexHoldsWhatIsThere(seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    let workshop = try Workshop(options: Self.options)
    var operations = RandomOperations(folder: workshop.shared)
    try await watching(workshop) { _ in
      for _ in 0..<4 {
        for _ in 0..<30 { try operations.perform(using: &generator) }
        try await waitForNoDifference(in: workshop, "seed \(seed)")
      }
    }
  }

  @Test(.timeLimit(.minutes(2))) func aFolderInThePlaceOfAnotherIsLookedInto() async throws {
    // Long enough for both moves to be seen by one look.
    var options = Self.options
    options.settlingTime = .milliseconds(300)
    let workshop = try Workshop(options: options)
    try workshop.shared.write("one", to: "a/in/one")
    try workshop.shared.write("two", to: "b/in/two")
    try await watching(workshop) { _ in
      try await waitForNoDifference(in: workshop, "what was there")
      try workshop.shared.move("a", to: "c")
      try workshop.shared.move("b", to: "a")
      try await waitForNoDifference(in: workshop, "changed places")
      try workshop.shared.write("three", to: "a/in/three")
      try workshop.shared.write("four", to: "c/in/four")
      try await waitForNoDifference(in: workshop, "both are watched in their places")
    }
  }

  @Test(.timeLimit(.minutes(2))) func aChangeThroughOneNameIsSeenUnderAllOthers() async throws {
    let workshop = try Workshop(options: Self.options)
    try workshop.shared.write("one", to: "a/name")
    try workshop.shared.makeFolder("b")
    try await watching(workshop) { _ in
      try await waitForNoDifference(in: workshop, "what was there")
      #expect(link(workshop.shared.path("a/name"), workshop.shared.path("b/other")) == 0)
      try await waitForNoDifference(in: workshop, "a link")
      try workshop.shared.write("changed", to: "b/other")
      try await waitForNoDifference(in: workshop, "a change through the link")
      try workshop.shared.write("changed once more", to: "b/other")
      try workshop.shared.remove("b/other")
      try await waitForNoDifference(in: workshop, "a change through a name that went")
      try workshop.shared.write("last", to: "a/name")
      try await waitForNoDifference(in: workshop, "one name alone")
    }
  }

  @Test func aFolderIsWatchedOnce() throws {
    var watcher = try FolderWatcher()
    let folder = try TemporaryFolder()
    let handle = try FolderHandle(root: folder.bytes)
    for path in ["", "", "moved"] {
      let isWatched = watcher.watch(handle, as: SharedFolder(share: 1, path: PathBytes(path)))
      #expect(isWatched && watcher.watchCount == 1)
    }
    // Another folder in the same place takes the place of its watch.
    let otherFolder = try TemporaryFolder()
    let other = try FolderHandle(root: otherFolder.bytes)
    let isWatched = watcher.watch(other, as: SharedFolder(share: 1, path: PathBytes("moved")))
    #expect(isWatched && watcher.watchCount == 1)
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
