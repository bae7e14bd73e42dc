import Foundation
import TestSupport
import Testing

@testable import Node

/// Random changes of a folder, looked at now and then: the index always ends up holding exactly
/// what is there, and a file that only moved is not read again.
@Suite struct RandomOperationsTests {
  @Test(arguments: UInt64(1)...12)
  func theIndexHoldsWhatIsThere(seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    let workshop = try Workshop()
    var operations = RandomOperations(folder: workshop.shared)
    for round in 0..<6 {
      for _ in 0..<Int.random(in: 1...15, using: &generator) {
        try operations.perform(using: &generator)
      }
      try await workshop.index()
      let difference = workshop.difference()
      #expect(difference == nil, "seed \(seed), round \(round)")
      // Never more than what was written; attributes count as a change of the file.
      #expect(
        workshop.takeExtractionCount() <= operations.takeTouchedCount(),
        "seed \(seed), round \(round)")
    }
    let fresh = try Workshop(shared: workshop.shared)
    try await fresh.index()
    #expect(fresh.engine.records == workshop.engine.records, "seed \(seed)")
  }
}

/// Changes a folder at random.
struct RandomOperations {
  let folder: TemporaryFolder
  private var touched = 0
  private var writes = 0

  init(folder: TemporaryFolder) { self.folder = folder }

  mutating func takeTouchedCount() -> Int {
    defer { touched = 0 }
    return touched
  }

  private static let names = ["a", "b", "c", "보고서.txt", "d e", "x~", ".h", "line\nbreak"]

  mutating func perform(using generator: inout SeededGenerator) throws {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    let folders = [""] + paths.filter { isFolder($0) }
    let target = place(in: folders, using: &generator)
    let known = paths.randomElement(using: &generator)
    switch Int.random(in: 0..<12, using: &generator) {
    case 0...3: try write(target, using: &generator)
    case 4:
      try? FileManager.default.createDirectory(
        atPath: folder.path(target), withIntermediateDirectories: false)
    case 5...6:
      // Over files too, as editors do; into itself is refused by the system.
      if let known { _ = rename(folder.path(known), folder.path(target)) }
    case 7: if let known { try folder.remove(known) }
    case 8: if let known, !isLink(known) { try rewrite(known, using: &generator) }
    case 9:
      // Never through a link: that would change what lies outside.
      if let known, !isLink(known) {
        touched += isFolder(known) ? 0 : linkCount(known)
        chmod(folder.path(known), isFolder(known) ? 0o755 : 0o640)
      }
    case 10:
      _ = symlink(
        ["..", "/etc", ".", "nowhere"][Int.random(in: 0..<4, using: &generator)],
        folder.path(target))
    default:
      if let known, !isFolder(known), !isLink(known),
        link(folder.path(known), folder.path(target)) == 0
      {
        // The count of links is an attribute of both.
        touched += linkCount(known)
      }
    }
  }

  private func place(in folders: [String], using generator: inout SeededGenerator) -> String {
    let parent = folders.randomElement(using: &generator)!
    let name = Self.names.randomElement(using: &generator)!
    return parent.isEmpty ? name : parent + "/" + name
  }

  private mutating func write(_ path: String, using generator: inout SeededGenerator) throws {
    guard !isFolder(path), !isLink(path) else { return }
    try rewrite(path, using: &generator)
  }

  private mutating func rewrite(_ path: String, using generator: inout SeededGenerator) throws {
    guard !isFolder(path) else { return }
    writes += 1
    let length = Int.random(in: 0...40, using: &generator)
    let text = "\(writes)-" + String(repeating: "x", count: length)
    touched += max(1, linkCount(path))
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path(path)))
  }

  private func status(_ path: String) -> stat? {
    var status = stat()
    return lstat(folder.path(path), &status) == 0 ? status : nil
  }

  private func isFolder(_ path: String) -> Bool {
    status(path).map { FileKind(mode: $0.st_mode) == .folder } ?? false
  }

  private func isLink(_ path: String) -> Bool {
    status(path).map { FileKind(mode: $0.st_mode) == .symbolicLink } ?? false
  }

  private func linkCount(_ path: String) -> Int { status(path).map { Int($0.st_nlink) } ?? 0 }
}
