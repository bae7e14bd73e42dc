/// Reads plain text in UTF-8, UTF-16 with a byte order mark, Korean CP949 (EUC-KR) and, failing
/// these, Windows-1252. Gives no title: a text's first line is as often a date or a greeting.
public struct PlainTextExtractor: RecordExtractor {
  public let name = "text"

  public let matches = FileMatch(
    fileExtensions: ["txt", "text", "log", "rst", "org", "adoc", "tex", "csv", "tsv"],
    mediaTypes: ["text/plain"])

  public init() {}

  public func extract(file: LocalFile) async throws(ExtractionError) -> ExtractedContent {
    let text = try await TextFile.start(of: file, maximumByteCount: TextFile.plainByteCount)
    return ExtractedContent(text: text)
  }
}

/// The beginning of a text file, decoded.
enum TextFile {
  /// Enough for the longest text in any encoding: two bytes of UTF-16 may be one of UTF-8.
  static let plainByteCount = 2 * ExtractedContent.maximumTextByteCount

  /// - Throws: `unsupported` for a binary file.
  static func start(
    of file: LocalFile, maximumByteCount: Int
  ) async throws(ExtractionError) -> String {
    let bytes = try await bytes(of: file, maximumByteCount: maximumByteCount)
    return TextDecoding.decoded(bytes)
  }

  static func bytes(
    of file: LocalFile, maximumByteCount: Int
  ) async throws(ExtractionError) -> [UInt8] {
    if Task.isCancelled { throw .cancelled }
    let bytes = try await BlockingWork.run { () throws(ExtractionError) in
      try OpenFile(file).read(atMost: maximumByteCount)
    }
    if TextDecoding.looksBinary(bytes) { throw .unsupported(reason: "its bytes are not text") }
    return bytes
  }
}
