import ArgumentParser
import Cascade
import Foundation
import SearchModel
import XapianEngine

/// `nearfind benchmark index`.
struct IndexBenchmarkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Index synthetic records: this engine, a plain loop over Xapian, tantivy.",
    discussion: """
      The plain loop adds the same terms, made beforehand, with Xapian's own writer and its \
      defaults. Tantivy indexes the same four fields with its default tokenizer and frequencies, \
      on as many threads as there are cores.
      """
  )

  @Option(help: "How many records.")
  var records = 1_000_000

  @Option(help: "How many of them the plain loop adds; it is slow and its rate hardly changes.")
  var plainRecords: Int?

  @Option(help: "A Python with the tantivy package; without one tantivy is left out.")
  var python: String?

  @OptionGroup var options: BenchmarkOptions

  private static let batchSize = 20_000

  func validate() throws {
    guard records > 0 else { throw ValidationError("--records must be at least 1.") }
  }

  func run() async throws {
    let folder = try ScratchFolder(in: options.scratch)
    var report = BenchmarkReport(
      title: "Indexing \(records) records",
      columns: ["records/s", "records/cpu-s", "bytes/record", "ratio"])
    let batches = Self.batches(records)
    let engine = try await measureEngine(batches, in: folder)
    report.add("nearfind", engine)
    let plain = try await measurePlain(batches, in: folder)
    report.add("plain loop over Xapian", plain)
    report.rows[1].figures["ratio"] = engine["records/cpu-s"]! / plain["records/cpu-s"]!
    if let python {
      let tantivy = try TantivyYardstick(python: python).measure(batches, in: folder)
      report.add("tantivy", tantivy)
      report.rows[2].figures["ratio"] = engine["records/s"]! / tantivy["records/s"]!
    }
    report.notes =
      try await termFilterNotes(of: folder) + [
        "ratio: nearfind's rate to this row's; by processor time for the plain loop, which has one",
        "thread, and by wall clock for tantivy. Peak memory of this process, which holds all records",
        "before it starts: \(Measurement.peakMemory >> 20) MiB.",
      ]
    try options.print(report)
  }

  /// What the filter costs that a virtual server shows to others after a commit.
  private func termFilterNotes(of folder: ScratchFolder) async throws -> [String] {
    let engine = try XapianEngine(directory: folder.path("nearfind"), access: .reading)
    let clock = ContinuousClock()
    let start = clock.now
    let fingerprints = try await engine.termFingerprints()
    let seconds = (clock.now - start) / .seconds(1)
    let count = TermFilter(fingerprints).encoded.count
    return [
      "term filter: \(fingerprints.values.count) fingerprints, read from the vocabulary in",
      "\(Int(seconds * 1000)) ms; \(count) bytes.",
    ]
  }

  static func batches(_ count: Int) -> [[Record]] {
    var synthetic = SyntheticRecords(expectedCount: count)
    return stride(from: 0, to: count, by: batchSize).map { start in
      synthetic.batch(min(batchSize, count - start))
    }
  }

  private func measureEngine(
    _ batches: [[Record]], in folder: ScratchFolder
  ) async throws -> [String: Double] {
    let engine = try XapianEngine(directory: folder.path("nearfind"), access: .writing)
    let measurement = try await Measurement.of {
      for batch in batches { try await engine.apply(batch.map(RecordChange.put)) }
      try await engine.commit(notes: [:])
    }
    return figures(measurement, count: records, bytes: try await engine.byteCount())
  }

  private func measurePlain(
    _ batches: [[Record]], in folder: ScratchFolder
  ) async throws -> [String: Double] {
    let path = folder.path("plain")
    let wanted = min(plainRecords ?? records, records)
    let plain = batches.prefix((wanted + Self.batchSize - 1) / Self.batchSize)
      .map(PlainXapian.Batch.init)
    let measurement = try await Measurement.of {
      for batch in plain { try PlainXapian.index(batch, in: path) }
    }
    let count = min(plain.count * Self.batchSize, records)
    return figures(measurement, count: count, bytes: try folder.byteCount("plain"))
  }

  private func figures(_ measurement: Measurement, count: Int, bytes: Int) -> [String: Double] {
    [
      "records/s": Double(count) / measurement.seconds,
      "records/cpu-s": Double(count) / measurement.processorSeconds,
      "bytes/record": Double(bytes) / Double(count),
    ]
  }
}
