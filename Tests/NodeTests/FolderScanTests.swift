import Foundation
import Testing

@testable import Node

/// Names and things that a scan meets on real disks.
@Suite struct FolderScanTests {
  private func scan(
    _ folder: TemporaryFolder, options: FolderScan.Options = .init()
  ) throws -> (files: [PathBytes], notes: [ScanNote]) {
    var scan = try FolderScan(root: folder.bytes, options: options)
    var files: [PathBytes] = []
    while let listing = scan.next() {
      files += listing.files.map { listing.path.appending(listing.name(of: $0)) }
    }
    return (files.sorted(), scan.takeNotes())
  }

  private func make(_ name: [UInt8], in folder: TemporaryFolder) {
    let descriptor = folder.bytes.appending(PathBytes(name)).withCString {
      open($0, O_CREAT | O_WRONLY, 0o600)
    }
    close(descriptor)
  }

  @Test func namesOfAllKinds() throws {
    let folder = try TemporaryFolder()
    let names: [[UInt8]] = [
      [0xFF, 0xFE, 0x41], Array("two\nlines".utf8), Array("\u{1B}[31mred".utf8),
      Array("\u{1112}\u{1161}\u{11AB}".utf8), Array("\u{202E}txt.exe".utf8),
      [UInt8](repeating: UInt8(ascii: "n"), count: 255), Array(" ".utf8), Array("-rf".utf8),
    ]
    for name in names { make(name, in: folder) }
    let (files, notes) = try scan(folder)
    #expect(Set(files.map(\.bytes)) == Set(names))
    #expect(notes.isEmpty)
  }

  @Test func linksAreNotFollowed() throws {
    let folder = try TemporaryFolder()
    try folder.write("x", to: "inside/file")
    for (target, name) in [
      ("/etc", "out"), (".", "circle"), ("..", "inside/up"), ("x", "broken"),
    ] {
      symlink(target, folder.path(name))
    }
    let (files, notes) = try scan(folder)
    #expect(files.map(\.text) == ["inside/file"])
    #expect(notes.count == 4)
    #expect(notes.allSatisfy { $0.reason == .symbolicLink })
  }

  @Test(.timeLimit(.minutes(1))) func whatIsNotAFileIsNeverOpened() async throws {
    let workshop = try Workshop()
    // Opening it would wait for a writer for ever.
    mkfifo(workshop.shared.path("fifo"), 0o600)
    // An ignore file that is none.
    mkfifo(workshop.shared.path(IgnoreRules.filename), 0o600)
    try workshop.shared.write("x", to: "file")
    let summary = try await workshop.index()
    #expect(workshop.paths == ["file"])
    #expect(summary.notes.map(\.reason) == [.notAFile])
  }

  @Test func namesThatAreNotTextAreShownRepairedAndKeptApart() async throws {
    let workshop = try Workshop()
    make([UInt8(ascii: "a"), 0xFE], in: workshop.shared)
    make([UInt8(ascii: "a"), 0xFF], in: workshop.shared)
    try await workshop.index()
    #expect(workshop.engine.records.count == 2)
    #expect(Set(workshop.engine.records.values.map(\.filename)) == ["a\u{FFFD}"])
  }

  @Test func ignoreFilesRuleTheirFolder() async throws {
    let workshop = try Workshop()
    try workshop.shared.write("*.log\n/build/\n!.keep\n", to: IgnoreRules.filename)
    for path in ["a.log", "build/x", "sub/build/y", "sub/b.log", "sub/c", ".keep", ".other"] {
      try workshop.shared.write("x", to: path)
    }
    try workshop.shared.write("!b.log\n", to: "sub/" + IgnoreRules.filename)
    try await workshop.index()
    #expect(workshop.paths == [".keep", "sub/b.log", "sub/build/y", "sub/c"])
    try workshop.shared.write("sub\n", to: IgnoreRules.filename)
    try await workshop.index()
    #expect(workshop.paths == ["a.log", "build/x"])
  }

  @Test func foldersTooDeepAreNotedAndTheRestIsFound() throws {
    let folder = try TemporaryFolder()
    let deep = Array(repeating: "d", count: FolderScan.maximumDepth + 5).joined(separator: "/")
    try folder.write("x", to: deep + "/lost")
    try folder.write("x", to: "found")
    let (files, notes) = try scan(folder)
    #expect(files.map(\.text) == ["found"])
    #expect(notes.map(\.reason) == [.tooDeep])
  }
}
