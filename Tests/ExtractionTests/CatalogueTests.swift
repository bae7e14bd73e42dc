import Foundation
import Testing

@testable import Extraction

@Suite struct CatalogueTests {
  private struct Named: RecordExtractor {
    let name: String
    let matches: FileMatch

    init(_ name: String, _ extensions: Set<String>, _ mediaTypes: Set<String> = []) {
      self.name = name
      matches = FileMatch(fileExtensions: extensions, mediaTypes: mediaTypes)
    }

    func extract(file: LocalFile) async throws(ExtractionError) -> ExtractedContent {
      ExtractedContent(title: name)
    }
  }

  @Test func theFirstThatMatchesWins() async throws {
    let folder = try TemporaryFolder()
    let catalogue = ExtractorCatalogue([
      Named("first", ["x"]), Named("second", ["x", "y"], ["application/pdf"]),
      Named("third", [], ["application/pdf", "text/plain"]),
    ])
    let expected: [(String, String, String?)] = [
      ("a.x", "%PDF-1.4", "first"), ("a.Y", "text", "second"), ("a.z", "%PDF-1.4", "second"),
      ("a", "text", "third"), (".x", "text", "third"), ("a.", "\0\0", nil), ("a.z", "", nil),
    ]
    for (name, content, title) in expected {
      let file = try folder.write(content.utf8, as: name)
      #expect(try await catalogue.extract(file: file)?.title == title, "\(name)")
    }
  }

  @Test func aUsersPluginGoesBeforeTheBuiltIns() async throws {
    let folder = try TemporaryFolder()
    let plugin = folder.path + "/mine"
    try FileManager.default.createDirectory(atPath: plugin, withIntermediateDirectories: true)
    let json = """
      {"name": "mine", "version": "1", "matches": {"extensions": ["txt"]}, "command": "/bin/cat",
       "timeout_s": 1, "max_output_bytes": 2000}
      """
    try Data(json.utf8).write(to: URL(fileURLWithPath: plugin + "/plugin.json"))
    let file = try folder.write("x".utf8, as: "a.txt")
    let setup = ExtractorSetup(userFolder: folder.path, confinement: .bubblewrap)
    #expect(try await setup.catalogue.extractor(for: file)?.name == "mine")
    // One that cannot run leaves its files to the next.
    let unconfined = ExtractorSetup(
      userFolder: folder.path, confinement: .unavailable(reason: "x", remedy: "y"))
    #expect(try await unconfined.catalogue.extractor(for: file)?.name == "text")
    #expect(unconfined.diagnoses.first?.problem == "x")
    #expect(
      Set(setup.diagnoses.map(\.name)).isSuperset(of: [
        "pdf", "media", "office", "hwp", "html",
      ]))
  }

  @Test(arguments: [
    ("%PDF-1.7", "application/pdf"), ("<!DOCTYPE HTML>", "text/html"),
    (" \n<html>", "text/html"),
    ("hello", "text/plain"), ("RIFF1234WAVEfmt", "audio/x-wav"), ("RIFF1234WEBP", "image/webp"),
    ("\0\0\0\u{18}ftypM4A ", "audio/mp4"), ("OggS", "audio/ogg"),
    ("{\\rtf1", "application/rtf"),
    ("RIFF", "text/plain"), ("안녕", "text/plain"),
  ])
  func firstBytesShowTheKind(_ start: String, _ mediaType: String) {
    #expect(MediaType.sniffed(Array(start.utf8)) == mediaType)
  }

  @Test func pathsMayHoldAnyBytes() throws {
    #expect(LocalFile(path: "") == nil)
    #expect(LocalFile(pathBytes: [0x2F, 0]) == nil)
    let file = try #require(
      LocalFile(pathBytes: Array("/a/".utf8) + [0xFF, 0x1B] + Array(".Txt".utf8)))
    #expect(file.fileExtension == "txt")
    #expect(file.description == "/a/\u{FFFD} .Txt")
    #expect(LocalFile(path: "-x")?.pathBytes.first == UInt8(ascii: "/"))
    #expect(LocalFile(path: "/a.b/c")?.fileExtension == "")
  }
}
