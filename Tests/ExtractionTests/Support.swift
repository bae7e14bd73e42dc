import Foundation
import TestSupport
import Testing

@testable import Extraction

/// A folder that lives as long as the value.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("nearfind-extraction-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.resolvingSymlinksInPath().path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file under a name of any bytes.
  func write(_ content: some Sequence<UInt8>, as name: [UInt8]) throws -> LocalFile {
    let file = try #require(LocalFile(pathBytes: Array(path.utf8) + [0x2F] + name))
    let descriptor = open(
      file.pathBytes.map { CChar(bitPattern: $0) } + [0], O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let bytes = Array(content)
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes {
        Foundation.write(descriptor, $0.baseAddress, $0.count)
      }
      try #require(count > 0)
      written += count
    }
    return file
  }

  func write(_ content: some Sequence<UInt8>, as name: String) throws -> LocalFile {
    try write(content, as: Array(name.utf8))
  }
}

/// The samples of `fixtures/documents`.
enum Sample {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("fixtures/documents").path

  static let title = "이웃 서버 검색 보고서"
  static let korean = "가까운 가상 서버에서 먼저 파일을 찾고, 없으면 이웃 서버로 넓혀 간다."
  static let english = "A search starts at the nearest virtual server and moves outward."

  static func file(_ name: String) throws -> LocalFile {
    try #require(LocalFile(path: folder + "/" + name))
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
  }
}

/// Tried once for all tests.
enum Machine {
  private static let probe = Task { await Confinement.probe() }

  static var confinement: Confinement { get async { await probe.value } }

  static var shipped: [ExternalExtractor] {
    get async throws {
      let folder = try #require(PluginFolder.shipped)
      return PluginFolder.contents(of: folder, confinement: await confinement).extractors
    }
  }

  /// The processes whose command line holds a text.
  static func processes(mentioning text: String) -> [String] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.filter { entry in
      guard Int(entry) != nil,
        let line = FileManager.default.contents(atPath: "/proc/\(entry)/cmdline")
      else { return false }
      return line.range(of: Data(text.utf8)) != nil
    }
  }
}

/// A plug-in that a test writes.
struct ScriptedPlugin {
  let folder: TemporaryFolder
  let extractor: ExternalExtractor

  /// - Parameter script: with its `#!` line; `@MARK@` stands for a text that no other process has.
  init(
    _ script: String, timeout: Double = 10, maximumOutputByteCount: Int = 1 << 20,
    maximumMemory: Int = 256, requirements: [PluginManifest.Requirement] = []
  ) async throws {
    folder = try TemporaryFolder()
    let mark = String(folder.path.suffix(36))
    _ = try folder.write(
      script.replacingOccurrences(of: "@MARK@", with: mark).utf8, as: "extract")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: folder.path + "/extract")
    let required = requirements.map { "{\"program\": \"\($0.program)\"}" }.joined(
      separator: ",")
    let json = """
      {"name": "scripted", "version": "1", "matches": {"extensions": ["x"]},
       "command": "./extract", "timeout_s": \(timeout),
       "max_output_bytes": \(maximumOutputByteCount), "max_memory_mb": \(maximumMemory),
       "requires": [\(required)]}
      """
    extractor = ExternalExtractor(
      manifest: try PluginManifest(json: Data(json.utf8), path: "plugin.json"),
      folder: folder.path, confinement: await Machine.confinement)
  }

  func run(_ content: String = "some content") async throws -> Result<
    ExtractedContent, ExtractionError
  > {
    let file = try folder.write(content.utf8, as: "file.x")
    return await result { () async throws(ExtractionError) in
      try await extractor.extract(file: file)
    }
  }

  func waitUntilGone() async throws {
    try await wait(until: "no process of the plug-in is left") {
      Machine.processes(mentioning: String(folder.path.suffix(36))).isEmpty
    }
  }
}

func result<Value>(
  _ work: () async throws(ExtractionError) -> Value
) async -> Result<Value, ExtractionError> {
  do {
    return .success(try await work())
  } catch {
    return .failure(error)
  }
}

/// What holds of any content, whatever the file.
func expectClean(_ content: ExtractedContent, sourceLocation: SourceLocation = #_sourceLocation) {
  let strings = [content.title, content.text] + content.keywords
  for (index, string) in strings.enumerated() {
    let dirty = string.unicodeScalars.first { scalar in
      let isLine = index == 1 && (scalar == "\n" || scalar == "\t")
      return scalar.properties.generalCategory == .control && !isLine
    }
    #expect(dirty == nil, sourceLocation: sourceLocation)
  }
  #expect(
    content.title.utf8.count <= ExtractedContent.maximumTitleByteCount,
    sourceLocation: sourceLocation)
  #expect(
    content.text.utf8.count <= ExtractedContent.maximumTextByteCount,
    sourceLocation: sourceLocation)
  #expect(
    content.keywords.count <= ExtractedContent.maximumKeywordCount,
    sourceLocation: sourceLocation)
  #expect(
    content.keywords.allSatisfy {
      !$0.isEmpty && $0.utf8.count <= ExtractedContent.maximumKeywordByteCount
    },
    sourceLocation: sourceLocation)
}
