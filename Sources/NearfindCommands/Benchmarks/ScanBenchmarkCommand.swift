import ArgumentParser
import Foundation
import Node
import SearchModel
import XapianEngine

/// `nearfind benchmark scan`.
struct ScanBenchmarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan",
    abstract: "Publish a tree of small files by name: this program and find.",
    discussion: """
      The yardstick is the time that find takes to print what the catalog stores, three times \
      over, plus the time that the engine alone takes to index the same records.
      """
  )

  @Option(help: "How many files the tree has.")
  var files = 100_000

  @OptionGroup var options: BenchmarkOptions

  func validate() throws {
    guard files > 0 else { throw ValidationError("--files must be at least 1.") }
  }

  func run() async throws {
    let folder = try ScratchFolder(in: options.scratch)
    let tree = folder.path("tree")
    var synthetic = SyntheticTree(root: tree, expectedCount: files)
    try synthetic.grow(to: files)
    var report = BenchmarkReport(
      title: "Publishing \(files) files by name", columns: ["seconds", "ratio"])
    // Twice: the first walk fills the system's caches for whoever comes later.
    _ = try find(tree)
    let find = try find(tree)
    let (published, engineAlone) = try await publish(tree, in: folder)
    let limit = 3 * find + engineAlone
    report.add("find -printf", ["seconds": find])
    report.add("engine alone, same records", ["seconds": engineAlone])
    report.add("nearfind, scan to committed index", ["seconds": published])
    report.add(
      "three finds and the engine", ["seconds": limit, "ratio": published / limit])
    report.notes = ["ratio: nearfind's time to this row's; below 1 is faster."]
    try options.print(report)
  }

  /// - Returns: seconds.
  private func find(_ tree: String) throws -> Double {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/find")
    process.arguments = [tree, "-type", "f", "-printf", "%p\\t%s\\t%T@\\t%i\\n"]
    process.standardOutput = FileHandle.nullDevice
    let start = ContinuousClock.now
    try process.run()
    process.waitUntilExit()
    return (ContinuousClock.now - start).inSeconds
  }

  /// - Returns: the seconds from an empty catalog to a committed index, and of indexing alone.
  private func publish(
    _ tree: String, in folder: ScratchFolder
  ) async throws -> (published: Double, engineAlone: Double) {
    let engine = try XapianEngine(directory: folder.path("index"), access: .writing)
    try FileManager.default.createDirectory(
      atPath: folder.path("catalog"), withIntermediateDirectories: true)
    let catalog = try Catalog(folder: folder.path("catalog"), access: .writing)
    var namesAlone = IndexingSession.Options()
    namesAlone.readsContents = false
    let session = IndexingSession(
      catalog: catalog, engine: engine, options: namesAlone, extraction: { _ in nil })
    let published = try await Measurement.of {
      _ = try await session.index([PathBytes(tree)], progress: { _ in })
    }
    var changes: [RecordChange] = []
    var sequence: Int64 = 0
    while true {
      let delta = try catalog.changes(after: sequence, limit: 20_000)
      if delta.changes.isEmpty { break }
      changes += delta.changes
      sequence = delta.lastSequence
    }
    let alone = try XapianEngine(directory: folder.path("alone"), access: .writing)
    let engineAlone = try await Measurement.of {
      try await alone.apply(changes)
      try await alone.commit(notes: [:])
    }
    return (published.seconds, engineAlone.seconds)
  }
}
