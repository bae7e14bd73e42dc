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

      Then processes of their own index the tree, first its names alone and then with what the \
      files hold, and the most memory that they had at any time is told.
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
    try makeTree(tree)
    var report = BenchmarkReport(
      title: "Publishing \(files) files by name", columns: ["seconds", "ratio", "peak MiB"])
    // Twice: the first walk fills the system's caches for whoever comes later.
    _ = try find(tree)
    let find = try find(tree)
    // First of all: the system counts what this process has when it starts a child as the child's.
    let namesAlone = try index(tree, in: folder, ["--no-content"])
    let withContents = try index(tree, in: folder, [])
    let (published, engineAlone) = try await publish(tree, in: folder)
    let limit = 3 * find + engineAlone
    report.add("find -printf", ["seconds": find])
    report.add("engine alone, same records", ["seconds": engineAlone])
    report.add("nearfind, scan to committed index", ["seconds": published])
    report.add(
      "three finds and the engine", ["seconds": limit, "ratio": published / limit])
    report.add("nearfind index --no-content", namesAlone)
    report.add("nearfind index", withContents)
    report.notes = [
      "ratio: nearfind's time to this row's; below 1 is faster.",
      "peak MiB: resident memory of that process; the second finds the catalog of the first.",
    ]
    try options.print(report)
  }

  private func makeTree(_ tree: String) throws {
    var synthetic = SyntheticRecords(expectedCount: files)
    for number in 0..<files {
      let folder = "\(tree)/\(number / 5_000)/\(number / 100)"
      if number % 100 == 0 {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      }
      // A kind of file that needs no helper program: those are not what is measured.
      let stem = (synthetic.next().filename as NSString).deletingPathExtension
      let name = "\(number)-\(stem).txt"
      guard FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: Data(name.utf8))
      else { throw CommandFailure.failed("\(folder)/\(name) cannot be made.") }
    }
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

  /// Lets a process of this program index the tree.
  private func index(
    _ tree: String, in folder: ScratchFolder, _ options: [String]
  ) throws -> [String: Double] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Composition.executablePath)
    process.arguments =
      ["index", tree, "--data", folder.path("data")] + options
    process.standardOutput = FileHandle.nullDevice
    let start = ContinuousClock.now
    try process.run()
    process.waitUntilExit()
    let seconds = (ContinuousClock.now - start).inSeconds
    guard process.terminationStatus == 0 else {
      throw CommandFailure.failed("nearfind index ended with \(process.terminationStatus).")
    }
    // Of all children that ended; none had more than the last.
    return ["seconds": seconds, "peak MiB": Double(Measurement.childrenPeakMemory >> 20)]
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
