import Foundation
import TestSupport
import Testing

@testable import Extraction

extension ExternalTests {
  /// What every extractor holds to, whatever the file.
  @Suite struct Conformance {
    /// A sample for each extractor by its name.
    static let samples = [
      "text": "note.txt", "markdown": "readme.md", "html": "page.html", "pdf": "report.pdf",
      "media": "photo.jpg", "office": "report.docx", "hwp": "report.hwp",
    ]

    static func extractor(_ name: String) async throws -> any RecordExtractor {
      let all: [any RecordExtractor] = try await ExtractorSetup.builtIns + Machine.shipped
      return try #require(all.first { $0.name == name })
    }

    @Test func everyExtractorHasASample() async throws {
      let names = try await (ExtractorSetup.builtIns + Machine.shipped).map(\.name)
      #expect(Set(names) == Set(Self.samples.keys))
    }

    @Test(arguments: samples.keys.sorted())
    func bearsAnyContent(_ name: String) async throws {
      let extractor = try await Self.extractor(name)
      let sample = try Sample.bytes(try #require(Self.samples[name]))
      let seed = UInt64.random(in: 0...UInt64.max)
      var generator = SeededGenerator(seed: seed)
      let garbage = (0..<50_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
      var damaged = sample
      for _ in 0..<20 { damaged[Int.random(in: 0..<sample.count, using: &generator)] ^= 0xFF }
      let repeated = Array(repeatElement(sample, count: 8_000_000 / sample.count).joined())
      let contents: [(String, [UInt8])] = [
        ("one byte", [0x20]), ("garbage", garbage),
        ("NULs", [UInt8](repeating: 0, count: 10_000)),
        ("first half", Array(sample.prefix(sample.count / 2))),
        ("all but one byte", Array(sample.dropLast())), ("damaged", damaged),
        ("garbage behind", sample + garbage), ("huge", repeated),
      ]
      let folder = try TemporaryFolder()
      for (kind, content) in contents {
        let file = try folder.write(content, as: "file.\(Self.fileExtension(name))")
        let outcome = await result { () async throws(ExtractionError) in
          try await extractor.extract(file: file)
        }
        Self.expectBounded(outcome, "\(name), \(kind), seed \(seed)")
      }
    }

    @Test(arguments: samples.keys.sorted())
    func anEmptyFileHasNoContent(_ name: String) async throws {
      let folder = try TemporaryFolder()
      let file = try folder.write([], as: "file.\(Self.fileExtension(name))")
      #expect(try await Self.extractor(name).extract(file: file) == .empty)
    }

    @Test(arguments: samples.keys.sorted())
    func aLargeSparseFileIsBounded(_ name: String) async throws {
      let folder = try TemporaryFolder()
      let sample = try Sample.bytes(try #require(Self.samples[name]))
      let file = try folder.write(sample, as: "file.\(Self.fileExtension(name))")
      try #require(truncate(file.description, 128 << 20) == 0)
      let extractor = try await Self.extractor(name)
      let outcome = await result { () async throws(ExtractionError) in
        try await extractor.extract(file: file)
      }
      Self.expectBounded(outcome, "\(name), 128 MiB")
    }

    @Test(arguments: samples.keys.sorted())
    func aStrangeNameIsLikeAnyOther(_ name: String) async throws {
      let extractor = try await Self.extractor(name)
      let sampleName = try #require(Self.samples[name])
      let expected = try await extractor.extract(file: Sample.file(sampleName))
      let suffix = Array(".\(Self.fileExtension(name))".utf8)
      let folder = try TemporaryFolder()
      let strange: [[UInt8]] = [
        Array("-rf".utf8), Array("--help".utf8), Array("two\nlines".utf8),
        [0xFF, 0xFE, 0x80],
        Array("quo\"te'$(id)`;|&*?".utf8), Array(" ".utf8), Array("\u{1B}[31m".utf8),
        Array("한글".decomposedStringWithCanonicalMapping.utf8),
        [UInt8](repeating: 0x61, count: 255 - suffix.count),
      ]
      for start in strange {
        let file = try folder.write(Sample.bytes(sampleName), as: start + suffix)
        #expect(try await extractor.extract(file: file) == expected, "\(file)")
      }
    }

    @Test(arguments: samples.keys.sorted())
    func whatCannotBeReadIsSaid(_ name: String) async throws {
      let extractor = try await Self.extractor(name)
      let folder = try TemporaryFolder()
      let gone = try #require(LocalFile(path: folder.path + "/gone"))
      await #expect(throws: ExtractionError.vanished) {
        try await extractor.extract(file: gone)
      }

      // Not even root can follow a link to itself.
      let circle = try #require(LocalFile(path: folder.path + "/circle"))
      try #require(symlink("circle", circle.description) == 0)
      await #expect(throws: ExtractionError.unreadable(reason: systemMessage(ELOOP))) {
        try await extractor.extract(file: circle)
      }

      let pipe = try #require(LocalFile(path: folder.path + "/pipe"))
      try #require(mkfifo(pipe.description, 0o644) == 0)
      let directory = try #require(LocalFile(path: folder.path))
      for other in [pipe, directory] {
        await #expect(
          throws: ExtractionError.unsupported(reason: "it is not a regular file")
        ) {
          try await extractor.extract(file: other)
        }
      }
    }

    @Test(arguments: samples.keys.sorted())
    func aCancelledTaskStops(_ name: String) async throws {
      let extractor = try await Self.extractor(name)
      let file = try Sample.file(try #require(Self.samples[name]))
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await extractor.extract(file: file)
      }
      await #expect(throws: ExtractionError.cancelled) { try await task.value }
    }

    private static func fileExtension(_ name: String) -> String {
      samples[name].map { String($0.split(separator: ".").last ?? "") } ?? ""
    }

    private static func expectBounded(
      _ outcome: Result<ExtractedContent, ExtractionError>, _ comment: String
    ) {
      switch outcome {
      case .success(let content): expectClean(content)
      case .failure(let error):
        switch error {
        case .unsupported, .crashed, .timedOut, .tooMuchOutput: break
        default: Issue.record("\(comment): \(error)")
        }
        #expect(!error.description.isEmpty)
      }
    }
  }
}
