import ArgumentParser

/// `nearfind benchmark memory`.
struct MemoryBenchmarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "memory",
    abstract: "How much memory indexing takes, for trees of growing size.",
    discussion: """
      For each size a process indexes the whole tree into an empty data directory, first its names \
      alone, and another then reads what the files hold. The most memory that each had at any time \
      is told. It is bounded by what is held of one batch, and so stops growing with the tree.

      EXAMPLES:
        nearfind benchmark memory --files 100000 200000 400000 800000
      """
  )

  @Option(parsing: .upToNextOption, help: "How many files the trees have, smallest first.")
  var files = [100_000, 200_000, 400_000]

  @OptionGroup var options: BenchmarkOptions

  func validate() throws {
    guard files.allSatisfy({ $0 > 0 }), files == files.sorted() else {
      throw ValidationError("--files must be numbers from 1, smallest first.")
    }
  }

  func run() async throws {
    let folder = try ScratchFolder(in: options.scratch)
    var tree = SyntheticTree(root: folder.path("tree"), expectedCount: files.last ?? 1)
    var report = BenchmarkReport(
      title: "The most memory of nearfind index",
      columns: ["names MiB", "names s", "contents MiB", "contents s"])
    for (number, count) in files.enumerated() {
      try tree.grow(to: count)
      let index = ["index", tree.root, "--data", folder.path("data-\(number)")]
      let names = try MeasuredProcess.run(index + ["--no-content"])
      let contents = try MeasuredProcess.run(index)
      report.add(
        "\(count) files",
        [
          "names MiB": Double(names.peakMemory >> 20), "names s": names.seconds,
          "contents MiB": Double(contents.peakMemory >> 20), "contents s": contents.seconds,
        ])
    }
    report.notes = ["MiB: resident memory of that process at its highest."]
    try options.print(report)
  }
}
