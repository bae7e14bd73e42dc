import ArgumentParser
import Foundation

/// `nearfind benchmark transfer`.
struct TransferBenchmarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "transfer",
    abstract: "Fetch a file over mutual TLS on this machine: this program, and nginx with curl.",
    discussion: """
      Both give and take the same file over TLS 1.3 with certificates on both sides, to nowhere. \
      Nearfind also hashes every byte twice, where it is sent and where it comes. Hashing is \
      measured beside openssl speed, and the most memory of a process that gives and takes is \
      told for two sizes.
      """
  )

  @Option(help: "Megabytes of the file.")
  var megabytes = 1_000

  @Option(help: "How often each is measured; the median counts.")
  var repetitions = 5

  @Option(help: "The program that is compared with.", completion: .file())
  var nginx = "/usr/sbin/nginx"

  @Flag(help: .hidden)
  var alone = false

  @OptionGroup var options: BenchmarkOptions

  func validate() throws {
    guard (1...1_000_000).contains(megabytes), (1...1_000).contains(repetitions) else {
      throw ValidationError("--megabytes and --repetitions must be at least 1.")
    }
  }

  func run() async throws {
    let folder = try ScratchFolder(in: options.scratch)
    if alone { return try await runAlone(in: folder) }
    var report = BenchmarkReport(
      title: "Fetching \(megabytes) MB over TLS on this machine",
      columns: ["MB/s", "ratio", "cpu s", "peak MiB"])
    // First, before this process has much: the system counts what a process has for its children.
    let small = try child(megabytes: max(1, megabytes / 8))
    let whole = try child(megabytes: megabytes)
    let file = try makeFile(in: folder)
    let size = Double(megabytes)
    let trial = try await TransferTrial(sharing: file, in: folder)
    let yardstick = try NginxYardstick(
      program: nginx, serving: folder.path("shared"), in: folder)
    // Once before it counts: connections, caches.
    _ = try await trial.fetchAndDrop()
    _ = try yardstick?.fetch("benchmark.bin")
    var own: [Measurement] = []
    var others: [Double] = []
    var toDisk: [Double] = []
    for _ in 0..<repetitions {
      own.append(try await trial.fetchAndDrop())
      if let yardstick { others.append(try yardstick.fetch("benchmark.bin")) }
      toDisk.append(try await trial.fetchToDisk().seconds)
    }
    await trial.shutDown()
    let seconds = own.map(\.seconds).median
    let other = others.median
    report.add(
      "nearfind",
      [
        "MB/s": size / seconds, "cpu s": own.map(\.processorSeconds).median,
        "ratio": other.isNaN ? 1 : other / seconds,
      ])
    if yardstick != nil { report.add("nginx and curl", ["MB/s": size / other, "ratio": 1]) }
    report.add("nearfind, to a file on the disk", ["MB/s": size / toDisk.median])
    report.add(
      "nearfind, \(max(1, megabytes / 8)) MB in a process of its own", ["peak MiB": small])
    report.add("nearfind, \(megabytes) MB in a process of its own", ["peak MiB": whole])
    try addHashing(to: &report, trial)
    report.notes = [
      "ratio: throughput to that of nginx and curl, or of openssl; above 1 is faster.",
      "peak MiB: resident memory of a process that hashes the file, gives it and takes it.",
    ]
    if yardstick == nil {
      report.notes.append("There is no \(nginx) to compare with; Debian has it as nginx.")
    }
    try options.print(report)
  }

  /// What a process has that only shares the file and fetches it, in MiB.
  private func child(megabytes: Int) throws -> Double {
    let text = try NginxYardstick.run(
      Composition.executablePath,
      [
        "benchmark", "transfer", "--alone", "--megabytes", "\(megabytes)", "--scratch",
        options.scratch,
      ])
    guard let peak = Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw CommandFailure.failed("The process that was to be measured says: \(text)")
    }
    return peak
  }

  private func runAlone(in folder: ScratchFolder) async throws {
    let trial = try await TransferTrial(sharing: try makeFile(in: folder), in: folder)
    _ = try await trial.fetchAndDrop()
    _ = try await trial.fetchToDisk()
    await trial.shutDown()
    Console.standard.output.emitLine("\(Double(Measurement.peakMemory) / 1_048_576)")
  }

  private func addHashing(to report: inout BenchmarkReport, _ trial: TransferTrial) throws {
    let own = Double(trial.wish.byteCount) / trial.indexing / 1e6
    let text = try NginxYardstick.run(
      "/usr/bin/openssl", ["speed", "-evp", "sha256", "-bytes", "16384", "-seconds", "1"])
    // `sha256  2124629.33k`: thousands of bytes a second.
    let figure = text.split(whereSeparator: \.isWhitespace).last.flatMap { Double($0.dropLast()) }
    let other = (figure ?? .nan) / 1e3
    report.add(
      "nearfind, reading and hashing a file", ["MB/s": own, "ratio": own / other])
    report.add("openssl speed, SHA-256 of 16 KiB", ["MB/s": other, "ratio": 1])
  }

  private func makeFile(in folder: ScratchFolder) throws -> String {
    try FileManager.default.createDirectory(
      atPath: folder.path("shared"), withIntermediateDirectories: true)
    let path = folder.path("shared/benchmark.bin")
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let handle = FileHandle(forWritingAtPath: path)
    else { throw CommandFailure.failed("\(path) cannot be made.") }
    defer { try? handle.close() }
    var generator = SplitMix(state: 1)
    var chunk = Data(count: 1_000_000)
    for number in 0..<megabytes {
      // All pieces differ, and it need not be random to a byte.
      chunk.withUnsafeMutableBytes { bytes in
        let words = bytes.bindMemory(to: UInt64.self)
        if number == 0 { for place in words.indices { words[place] = generator.next() } }
        words[number % words.count] ^= generator.next() | 1
      }
      try handle.write(contentsOf: chunk)
    }
    return path
  }
}
