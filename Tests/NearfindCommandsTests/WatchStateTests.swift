import Foundation
import Protocol
import SearchModel
import Testing

@testable import NearfindCommands

@Suite struct WatchStateTests {
  private func answer(_ groups: (group: UInt64, revision: UInt64, names: [String])...) -> NewsAnswer
  {
    NewsAnswer(
      changed: groups.map { group in
        NewsAnswer.Group(
          group: group.group, revision: Revision(group.revision),
          records: group.names.enumerated().compactMap { index, name in
            RecordKey(name).map { Record(key: $0, filename: name, modified: Int64(index)) }
          }, isCut: false)
      }, watchedCount: groups.count, missingCount: 0)
  }

  @Test func whatIsThereAtFirstIsNoNews() {
    var state = WatchState(query: "q", scope: "everywhere")
    #expect(state.take(answer((1, 1, ["a", "b"]))).isEmpty)
    let new = state.take(answer((1, 2, ["a", "b", "c", "d"])))
    // Last changed first.
    #expect(new.map(\.filename) == ["d", "c"])
    #expect(state.revisions == ["1": Revision(2)])
    #expect(state.take(answer((1, 3, ["a", "c", "d"]))).isEmpty)
    // What was gone for a while is known all the same.
    #expect(state.take(answer((1, 4, ["b"]))).isEmpty)
  }

  @Test func whatIsThereAtFirstIsToldToWhoAsks() {
    var state = WatchState(query: "q", scope: "everywhere")
    #expect(state.take(answer((1, 1, ["a"])), tellsPresent: true).map(\.filename) == ["a"])
  }

  /// A node that changes its group takes its records along.
  @Test func aRecordIsToldOnceWhereverItIs() {
    var state = WatchState(query: "q", scope: "everywhere")
    _ = state.take(answer((1, 1, [])))
    #expect(state.take(answer((1, 2, ["a"]), (2, 1, ["a", "b"]))).map(\.filename) == ["b", "a"])
    #expect(state.take(answer((2, 2, ["a"]))).isEmpty)
  }

  @Test func whatIsKeptGoesOn() throws {
    let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: root) }
    let folder = WatchFolder(try DataDirectory(option: root, environment: [:]))
    #expect(folder.load(query: "q", scope: "group") == nil && folder.all().isEmpty)
    var state = WatchState(query: "q", scope: "group")
    _ = state.take(answer((1, 7, ["a"])))
    try folder.save(state)
    let loaded = try #require(folder.load(query: "q", scope: "group"))
    #expect(loaded == state && folder.all() == [state])
    #expect(folder.load(query: "q", scope: "band") == nil)
    #expect(try folder.forget(query: "q"))
    #expect(try !folder.forget(query: "q"))
    // A damaged file is no reason to fail.
    try folder.save(state)
    let file = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first)
    try Data("{".utf8).write(to: URL(fileURLWithPath: folder.path + "/" + file))
    #expect(folder.load(query: "q", scope: "group") == nil)
  }
}
