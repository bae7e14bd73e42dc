import Foundation
import Testing

@testable import Extraction

@Suite struct ManifestTests {
  private static let good = """
    {"name": "pdf", "version": "1.0",
     "matches": {"extensions": ["PDF"], "media_types": ["application/pdf"]},
     "command": ["./extract", "-x"], "timeout_s": 1.5, "max_output_bytes": 2000,
     "max_memory_mb": 100, "requires": [{"program": "a", "package": "b"}, {"program": "c"}]}
    """

  private func parsed(_ json: String) throws(PluginManifestError) -> PluginManifest {
    try PluginManifest(json: Data(json.utf8), path: "/p/plugin.json")
  }

  @Test func aGoodOneIsRead() throws {
    let manifest = try parsed(Self.good)
    #expect(manifest.name == "pdf")
    #expect(
      manifest.matches == FileMatch(fileExtensions: ["pdf"], mediaTypes: ["application/pdf"]))
    #expect(manifest.command == ["./extract", "-x"])
    #expect(manifest.timeout == 1.5)
    #expect(manifest.maximumOutputByteCount == 2000)
    #expect(manifest.maximumMemory == 100)
    #expect(manifest.requirements == [.init(program: "a", package: "b"), .init(program: "c")])
  }

  @Test(arguments: [
    ("\"pdf\"", "\"a b\"", "name"), ("\"pdf\"", "\"\"", "name"), ("\"pdf\"", "3", "name"),
    ("\"1.0\"", "1.0", "version"), ("\"1.0\"", "\"\\u0007\"", "version"),
    ("[\"PDF\"]", "[\".pdf\"]", "matches.extensions"), ("[\"PDF\"]", "3", "matches.extensions"),
    ("\"application/pdf\"", "\"pdf\"", "matches.media_types"),
    (
      "{\"extensions\": [\"PDF\"], \"media_types\": [\"application/pdf\"]}", "{}",
      "matches.extensions"
    ),
    ("{\"extensions\": [\"PDF\"], \"media_types\": [\"application/pdf\"]}", "[]", "matches"),
    ("[\"./extract\", \"-x\"]", "[]", "command"),
    ("[\"./extract\", \"-x\"]", "\"extract\"", "command"),
    ("1.5", "0", "timeout_s"), ("1.5", "\"1\"", "timeout_s"), ("1.5", "true", "timeout_s"),
    ("1.5", "1e9", "timeout_s"), ("2000", "10", "max_output_bytes"),
    ("100", "1", "max_memory_mb"), ("\"a\"", "\"/bin/a\"", "requires.program"),
    ("\"requires\": [", "\"requires\": [3, ", "requires"),
    ("\"b\"", "7", "requires.package"), ("\"name\": \"pdf\", ", "", "name"),
  ])
  func theWrongFieldIsNamed(_ part: String, _ replacement: String, _ field: String) throws {
    let json = Self.good.replacingOccurrences(of: part, with: replacement)
    try #require(json != Self.good)
    let error = #expect(throws: PluginManifestError.self) { try parsed(json) }
    #expect(error?.field == field)
    #expect(
      error?.description.hasPrefix("/p/plugin.json: the field \"\(field)\" should be ")
        == true)
  }

  @Test(arguments: ["", "[]", "{", "null"])
  func aFileThatIsNoObjectIsRefused(_ json: String) {
    let error = #expect(throws: PluginManifestError.self) { try parsed(json) }
    #expect(error?.field == nil)
  }

  @Test func aFolderGivesTheGoodAndNamesTheBad() throws {
    let folder = try TemporaryFolder()
    for (name, json) in [("b", Self.good), ("a", "{}"), (".hidden", Self.good), ("empty", nil)] {
      let path = folder.path + "/" + name
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      if let json {
        try Data(json.utf8).write(to: URL(fileURLWithPath: path + "/plugin.json"))
      }
    }
    let contents = PluginFolder.contents(of: folder.path, confinement: .bubblewrap)
    #expect(contents.extractors.map(\.name) == ["pdf"])
    #expect(
      contents.refusals.map(\.path)
        == ["a", "empty"].map { "\(folder.path)/\($0)/plugin.json" })
    #expect(PluginFolder.contents(of: "/nowhere", confinement: .bubblewrap).extractors.isEmpty)
  }

  @Test func theDiagnosisSaysWhatToType() throws {
    let manifest = try parsed(Self.good)
    let missing = ExtractorDiagnosis(
      ExternalExtractor(manifest: manifest, folder: "/nowhere", confinement: .bubblewrap))
    #expect(
      missing.description == "pdf 1.0: missing: /nowhere/extract, a, c (apt-get install b)")
    let unconfined = ExtractorDiagnosis(
      ExternalExtractor(
        manifest: manifest, folder: "/nowhere",
        confinement: .unavailable(
          reason: "no bubblewrap", remedy: "apt-get install bubblewrap")))
    #expect(unconfined.description == "pdf 1.0: no bubblewrap (apt-get install bubblewrap)")
    #expect(ExtractorDiagnosis(builtIn: HTMLExtractor()).description == "html: available")
  }
}
