/// What a Markdown file says about itself before it begins: between lines of `---` in YAML or of
/// `+++` in TOML. Only the plain forms of title and tags are read, which is what people write.
struct FrontMatter {
  private(set) var title: String?
  private(set) var keywords: [String] = []
  /// The lines that it takes up, with its borders.
  let lineCount: Int

  /// More lines than this are no front matter but a text between two rules.
  private static let maximumLineCount = 200

  /// - Returns: nil where the lines do not begin with front matter.
  init?(lines: [Substring]) {
    guard let border = lines.first.map(Self.trimmed), border == "---" || border == "+++" else {
      return nil
    }
    let candidates = lines.dropFirst().prefix(Self.maximumLineCount)
    guard let end = candidates.firstIndex(where: { Self.trimmed($0) == border }) else {
      return nil
    }
    lineCount = end + 1
    read(lines[1..<end], separator: border == "---" ? ":" : "=")
  }

  private mutating func read(_ lines: ArraySlice<Substring>, separator: Character) {
    var isInTagList = false
    for line in lines {
      let content = Self.trimmed(line)
      if isInTagList, content.hasPrefix("-") {
        keywords.append(Self.unquoted(content.dropFirst()))
        continue
      }
      isInTagList = false
      guard line.first?.isWhitespace != true, let colon = content.firstIndex(of: separator)
      else {
        continue
      }
      let key = Self.trimmed(content[..<colon]).lowercased()
      let value = Self.trimmed(content[content.index(after: colon)...])
      switch key {
      case "title":
        let text = Self.unquoted(value)
        if !text.isEmpty { title = text }
      case "tags", "tag", "keywords", "keyword", "categories", "category":
        keywords += Self.list(value)
        isInTagList = value.isEmpty
      default: break
      }
    }
  }

  /// `[one, "two"]`, `one, two`, or one value.
  private static func list(_ value: Substring) -> [String] {
    var inner = value
    if inner.first == "[" { inner.removeFirst() }
    if inner.last == "]" { inner.removeLast() }
    return inner.split(separator: ",").map(unquoted).filter { !$0.isEmpty }
  }

  private static func unquoted(_ value: Substring) -> String {
    var inner = trimmed(value)
    if inner.count >= 2, let mark = inner.first, mark == inner.last, mark == "\"" || mark == "'" {
      inner = inner.dropFirst().dropLast()
    }
    return String(inner)
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
