import ArgumentParser

/// `nearfind benchmark`: what Nearfind costs, as ratios to what else does the same work on the same
/// machine in the same run.
struct BenchmarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Measure indexing, searching and scanning against their yardsticks.",
    discussion: """
      Every figure stands beside that of a yardstick measured in the same run: plain loops over \
      Xapian, the tantivy library, find. Ratios carry over to other machines; times do not. \
      Measure a release build on a quiet machine.

      EXAMPLES:
        nearfind benchmark index --records 1000000
        nearfind benchmark search --records 1000000
        nearfind benchmark scan --files 100000
        nearfind benchmark memory --files 100000 200000 400000
        nearfind benchmark central --nodes 100000
        nearfind benchmark cascade --virtual-servers 100
        nearfind benchmark transfer --megabytes 1000
      """,
    subcommands: [
      IndexBenchmarkCommand.self, SearchBenchmarkCommand.self, ScanBenchmarkCommand.self,
      MemoryBenchmarkCommand.self, CentralBenchmarkCommand.self, CascadeBenchmarkCommand.self,
      TransferBenchmarkCommand.self,
    ]
  )
}

/// Options that the benchmarks share.
struct BenchmarkOptions: ParsableArguments {
  @Flag(help: "Print one JSON document for programs.")
  var json = false

  @Option(help: "Where to put what is measured; removed afterwards.", completion: .directory)
  var scratch = "/tmp"

  func print(_ report: BenchmarkReport) throws {
    let console = Console.standard
    console.output.emit(json ? try JSONDocument.text(of: report) : report.text)
  }
}
