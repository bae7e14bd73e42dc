/// Reads Markdown: the title from the front matter or the first heading, the keywords from the
/// front matter's tags, the text without the front matter.
public struct MarkdownExtractor: RecordExtractor {
  public let name = "markdown"

  public let matches = FileMatch(
    fileExtensions: ["md", "markdown", "mdown", "mkd", "mdx"], mediaTypes: ["text/markdown"])

  public init() {}

  public func extract(file: LocalFile) async throws(ExtractionError) -> ExtractedContent {
    let text = try await TextFile.start(of: file, maximumByteCount: TextFile.plainByteCount)
    return Self.content(of: text)
  }

  static func content(of text: String) -> ExtractedContent {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let frontMatter = FrontMatter(lines: lines)
    let body = lines.dropFirst(frontMatter?.lineCount ?? 0)
    let title = frontMatter?.title ?? firstHeading(of: body) ?? ""
    return ExtractedContent(
      title: title, keywords: frontMatter?.keywords ?? [],
      text: body.joined(separator: "\n"))
  }

  /// The first heading of either form (`# Title`, or underlined with `=` or `-`) outside of code.
  private static func firstHeading(of lines: ArraySlice<Substring>) -> String? {
    var fence: Character?
    var previous: Substring = ""
    for line in lines {
      let trimmed = line.drop { $0 == " " }
      if let mark = trimmed.first, mark == "`" || mark == "~",
        trimmed.prefix(3).allSatisfy({ $0 == mark }),
        trimmed.count >= 3
      {
        fence = fence == nil ? mark : (fence == mark ? nil : fence)
      } else if fence == nil {
        if let heading = heading(trimmed) { return heading }
        let isUnderline = trimmed.count >= 2 && Set(trimmed).isSubset(of: ["=", " "])
        if isUnderline, !previous.isEmpty { return plain(previous) }
      }
      previous = fence == nil ? trimmed : ""
    }
    return nil
  }

  /// `# Title #` without its marks; nil for any other line.
  private static func heading(_ line: Substring) -> String? {
    let level = line.prefix { $0 == "#" }.count
    guard (1...6).contains(level), line.dropFirst(level).first?.isWhitespace == true else {
      return nil
    }
    var text = line.dropFirst(level)
    while let last = text.last, last == "#" || last.isWhitespace { text.removeLast() }
    let heading = plain(text)
    return heading.isEmpty ? nil : heading
  }

  /// Without emphasis, code marks, images, and the addresses of links.
  private static func plain(_ text: Substring) -> String {
    var result = ""
    var isAddress = false
    var previous: Character = " "
    for character in text {
      if isAddress {
        isAddress = character != ")"
      } else if character == "(", previous == "]" {
        isAddress = true
      } else if !"*`[]".contains(character) {
        result.append(character)
      }
      previous = character
    }
    return result.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
