/// What an extractor found in a file, bounded and clean whatever the file held: all text is valid
/// Unicode without control characters.
public struct ExtractedContent: Hashable, Sendable {
  /// The largest title in bytes of UTF-8.
  public static let maximumTitleByteCount = 512
  public static let maximumKeywordCount = 64
  /// The largest keyword in bytes of UTF-8.
  public static let maximumKeywordByteCount = 128
  /// The largest text in bytes of UTF-8.
  public static let maximumTextByteCount = 256 * 1024

  /// On one line, without spaces around it; empty where the file has none.
  public let title: String

  /// In the file's order, each once, none of them empty, each on one line.
  public let keywords: [String]

  /// The only control characters are line feeds and tabs.
  public let text: String

  /// Nothing found.
  public static let empty = ExtractedContent()

  /// Cleans and bounds what it is given: control characters and direction overrides become
  /// spaces, what is too long is cut at the border of a Unicode scalar, further keywords are left
  /// out.
  public init(title: String = "", keywords: [String] = [], text: String = "") {
    self.title = Self.line(title, maximumByteCount: Self.maximumTitleByteCount)
    var seen: Set<String> = []
    var kept: [String] = []
    for keyword in keywords {
      guard kept.count < Self.maximumKeywordCount else { break }
      let line = Self.line(keyword, maximumByteCount: Self.maximumKeywordByteCount)
      if !line.isEmpty, seen.insert(line).inserted { kept.append(line) }
    }
    self.keywords = kept
    self.text = TextCleaning.text(text, maximumByteCount: Self.maximumTextByteCount)
  }

  private static func line(_ text: String, maximumByteCount: Int) -> String {
    TextCleaning.line(text, maximumByteCount: maximumByteCount)
  }
}
