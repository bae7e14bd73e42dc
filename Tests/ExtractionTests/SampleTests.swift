import Foundation
import TestSupport
import Testing

@testable import Extraction

extension ExternalTests {
  /// Real files of each kind through the catalogue that the program puts together.
  @Suite struct Samples {
    static let setup = Task {
      ExtractorSetup(userFolder: nil, confinement: await Machine.confinement)
    }

    private func content(of name: String) async throws -> ExtractedContent {
      try #require(try await Self.setup.value.catalogue.extract(file: Sample.file(name)))
    }

    @Test(arguments: [
      "page.html", "page-euc-kr.html", "report.pdf", "report.docx", "table.xlsx", "talk.pptx",
      "report.odt", "book.epub",
    ])
    func documentsHaveTitleKeywordsAndText(_ name: String) async throws {
      let content = try await content(of: name)
      #expect(content.title == Sample.title)
      #expect(content.keywords == ["검색", "서버"])
      #expect(content.text.contains(Sample.korean))
      #expect(content.text.contains(Sample.english))
    }

    @Test func markdownHasFrontMatter() async throws {
      let content = try await content(of: "readme.md")
      #expect(content.title == Sample.title)
      #expect(content.keywords == ["검색", "peer-to-peer"])
      #expect(content.text == "# Other\n\n" + Sample.korean)
    }

    @Test func textIsDecoded() async throws {
      let both = Sample.korean + "\n" + Sample.english
      #expect(try await content(of: "note.txt").text == both)
      #expect(try await content(of: "note-utf16.txt").text == both)
      // The second word is outside of EUC-KR proper.
      #expect(try await content(of: "note-cp949.txt").text == Sample.korean + "\n똠방각하")
    }

    @Test func hangulFilesHaveText() async throws {
      let lines = [Sample.title, Sample.korean, Sample.english]
      #expect(try await content(of: "report.hwp").text == lines.joined(separator: "\n"))
    }

    @Test func mediaHaveTags() async throws {
      let photo = try await content(of: "photo.jpg")
      #expect(photo.title == Sample.title)
      #expect(photo.keywords == ["바다", "summer"])
      #expect(photo.text == Sample.korean)
      let drawing = try await content(of: "drawing.png")
      #expect(drawing.title == Sample.title)
      #expect(drawing.text == Sample.korean)
      let song = try await content(of: "song.mp3")
      #expect(song.title == Sample.title)
      #expect(song.keywords == ["Folk"])
      #expect(song.text == "이웃 악단\n첫 음반")
    }

    @Test(arguments: [
      "report.pdf", "report.docx", "table.xlsx", "talk.pptx", "report.odt", "book.epub",
      "photo.jpg",
      "drawing.png", "song.mp3", "page.html", "note-cp949.txt", "note-utf16.txt",
    ])
    func theFirstBytesStandInForAnExtension(_ name: String) async throws {
      let folder = try TemporaryFolder()
      let file = try folder.write(Sample.bytes(name), as: "without-extension")
      let found = try await Self.setup.value.catalogue.extract(file: file)
      #expect(found == (try await content(of: name)))
    }

    @Test func aHostilePDFIsBounded() async throws {
      // Pages that are their own children, and a stream whose length points nowhere.
      let hostile = """
        %PDF-1.7
        1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
        2 0 obj << /Type /Pages /Kids [2 0 R 2 0 R 3 0 R] /Count 2000000000 >> endobj
        3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 1e30 -1e30] /Contents 4 0 R >> endobj
        4 0 obj << /Length 4 0 R /Filter [/FlateDecode /FlateDecode /LZWDecode] >> stream
        \(String(repeating: "\u{1}x\u{7F}", count: 5000))
        endstream endobj
        trailer << /Root 1 0 R /Size 2147483647 /Prev 9 >>
        startxref
        9
        %%EOF
        """
      let folder = try TemporaryFolder()
      let file = try folder.write(hostile.utf8, as: "hostile.pdf")
      let catalogue = await Self.setup.value.catalogue
      let outcome = await result { () async throws(ExtractionError) in
        try await catalogue.extract(file: file)
      }
      switch outcome {
      case .success(let content): expectClean(try #require(content))
      case .failure(.crashed), .failure(.timedOut): break
      case .failure(let error): Issue.record("\(error)")
      }
    }

    @Test func aZipBombIsBounded() async throws {
      // 200 MB of spaces in a paragraph, some 200 kB packed.
      let folder = try TemporaryFolder()
      let script = """
        import sys, zipfile
        with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
            with z.open("word/document.xml", "w") as f:
                f.write(b"<w><p>")
                for i in range(200): f.write(b"x" * 1000 + b" " * 999_000)
        """
      let maker = Program("/usr/bin/python3", ["-c", script, folder.path + "/bomb.docx"])
      try #require(try await maker.run().status == 0)
      let file = try #require(LocalFile(path: folder.path + "/bomb.docx"))
      let content = try #require(try await Self.setup.value.catalogue.extract(file: file))
      expectClean(content)
      #expect(content.text.hasPrefix("xxx"))
    }

    @Test func everythingIsAvailable() async {
      for diagnosis in await Self.setup.value.diagnoses {
        #expect(diagnosis.problem == nil, "\(diagnosis)")
      }
    }
  }
}
