import Foundation
import SearchModel

/// Indexes the same records with tantivy, by its Python package in a process of its own.
struct TantivyYardstick {
  let python: String

  /// - Throws: ``CommandFailure`` with what the process said when it fails.
  func measure(_ batches: [[Record]], in folder: ScratchFolder) throws -> [String: Double] {
    let input = folder.path("records.tsv")
    try Self.write(batches, to: input)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["-c", Self.program, input, folder.path("tantivy")]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0,
      let figures = try? JSONDecoder().decode([String: Double].self, from: data)
    else {
      throw CommandFailure.failed(
        "\(python) could not measure tantivy. Install it with: \(python) -m pip install tantivy")
    }
    var result = figures
    let count = Double(batches.reduce(0) { $0 + $1.count })
    result["bytes/record"] = Double(try folder.byteCount("tantivy")) / count
    return result
  }

  private static func write(_ batches: [[Record]], to path: String) throws {
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let file = FileHandle(forWritingAtPath: path)
    else { throw CommandFailure.failed("\(path) cannot be written.") }
    defer { try? file.close() }
    for batch in batches {
      let lines = batch.map { record in
        [
          record.key.value, record.filename, record.directory, record.title,
          record.keywords.joined(separator: ","), String(record.size), String(record.modified),
        ].joined(separator: "\t") + "\n"
      }
      try file.write(contentsOf: Data(lines.joined().utf8))
    }
  }

  /// The rows are read before the clock starts, as the other sides' are. Frequencies without
  /// positions is the cheapest index that can rank.
  private static let program = """
    import json, os, resource, sys, time
    import tantivy

    rows = [line.rstrip("\\n").split("\\t") for line in open(sys.argv[1], encoding="utf-8")]
    os.makedirs(sys.argv[2])
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    for field in ("name", "directory", "title", "keywords"):
        builder.add_text_field(field, stored=True, index_option="freq")
    builder.add_integer_field("size", stored=True, fast=True)
    builder.add_integer_field("modified", stored=True, fast=True)
    index = tantivy.Index(builder.build(), path=sys.argv[2])

    def processor_time():
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return usage.ru_utime + usage.ru_stime

    writer = index.writer(heap_size=256_000_000, num_threads=os.cpu_count())
    start, processor_start = time.perf_counter(), processor_time()
    for key, name, directory, title, keywords, size, modified in rows:
        writer.add_document(tantivy.Document(
            key=key, name=name, directory=directory, title=title, keywords=keywords,
            size=int(size), modified=int(modified)))
    writer.commit()
    writer.wait_merging_threads()
    print(json.dumps({
        "records/s": len(rows) / (time.perf_counter() - start),
        "records/cpu-s": len(rows) / (processor_time() - processor_start),
    }))
    """
}
