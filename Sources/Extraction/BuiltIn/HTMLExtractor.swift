/// Reads HTML as it is found, well-formed or not: the title from `<title>` (else the first `<h1>`),
/// the keywords from `<meta name="keywords">`, the text without markup, scripts and styles, the
/// description before it.
public struct HTMLExtractor: RecordExtractor {
  public let name = "html"

  public let matches = FileMatch(
    fileExtensions: ["html", "htm", "xhtml", "shtml"],
    mediaTypes: ["text/html", "application/xhtml+xml"])

  /// Markup is often ten times its text.
  static let maximumByteCount = 4 * 1024 * 1024

  public init() {}

  public func extract(file: LocalFile) async throws(ExtractionError) -> ExtractedContent {
    let bytes = try await TextFile.bytes(of: file, maximumByteCount: Self.maximumByteCount)
    // The scan is bounded but may take tens of milliseconds.
    return await BlockingWork.result { Self.content(of: bytes) }
  }

  static func content(of bytes: [UInt8]) -> ExtractedContent {
    let text = TextDecoding.decoded(bytes, declared: declaredEncoding(of: bytes))
    var page = HTMLPage()
    var scanner = HTMLScanner(Array(text.utf8))
    while let token = scanner.next() {
      page.add(token)
      if page.isFull { break }
    }
    return page.content
  }

  /// The value of `charset=` in the first kilobyte, which is where it must stand.
  static func declaredEncoding(of bytes: [UInt8]) -> String? {
    let start = bytes.prefix(1024).map {
      $0 < 0x80 ? HTMLScanner.lowered($0) : UInt8(ascii: "?")
    }
    let text = String(decoding: start, as: UTF8.self)
    guard let range = text.firstRange(of: "charset") else { return nil }
    let value = text[range.upperBound...].drop { " =\"'".contains($0) }
    let label = value.prefix {
      $0.isASCII && ($0.isLetter || $0.isNumber || "-_.:".contains($0))
    }
    return label.isEmpty ? nil : String(label)
  }
}

/// What the tokens of a page add up to.
private struct HTMLPage {
  private var title: [UInt8] = []
  private var hasTitle = false
  private var heading: [UInt8] = []
  private var headingState = HeadingState.awaited
  private var keywords: [String] = []
  private var description: [UInt8] = []
  private var text: [UInt8] = []

  private enum HeadingState {
    case awaited, open, closed
  }

  var isFull: Bool { text.count > ExtractedContent.maximumTextByteCount }

  var content: ExtractedContent {
    let ownTitle = String(decoding: title, as: UTF8.self)
    let isBlank = ownTitle.allSatisfy(\.isWhitespace)
    return ExtractedContent(
      title: isBlank ? String(decoding: heading, as: UTF8.self) : ownTitle,
      keywords: keywords,
      text: String(
        decoding: description + (description.isEmpty ? [] : [newline]) + text, as: UTF8.self
      ))
  }

  mutating func add(_ token: HTMLScanner.Token) {
    switch token {
    case .text(let bytes):
      append(bytes)
    case .title(let bytes):
      // An inline drawing has titles too; the page's own comes first.
      if !hasTitle { title = bytes }
      hasTitle = true
    case .start(let name, let attributes):
      if name == "meta" { addMeta(attributes) }
      if name == "h1", headingState == .awaited { headingState = .open }
      if name == "img", let alternative = attributes["alt"] { append(alternative) }
      separate(at: name)
    case .end(let name):
      if name == "h1", headingState == .open { headingState = .closed }
      separate(at: name)
    }
  }

  /// Runs of white space become one character; line feeds come from the elements alone.
  private mutating func append(_ bytes: [UInt8]) {
    for byte in bytes {
      let isSpace = byte == space || (9...13).contains(byte)
      if !isSpace {
        text.append(byte)
      } else if let last = text.last, last != space, last != newline {
        text.append(space)
      }
    }
    if headingState == .open, heading.count < ExtractedContent.maximumTitleByteCount {
      heading += bytes
    }
  }

  private mutating func separate(at element: String) {
    if Self.inlineElements.contains(element) { return }
    let separator = element == "td" || element == "th" ? space : newline
    guard let last = text.last else { return }
    if last == space, separator == newline { text.removeLast() }
    if text.last != newline, text.last != space { text.append(separator) }
    if headingState == .open { heading.append(space) }
  }

  private mutating func addMeta(_ attributes: [String: [UInt8]]) {
    guard let name = attributes["name"] ?? attributes["property"],
      let content = attributes["content"]
    else { return }
    switch String(decoding: name, as: UTF8.self).lowercased() {
    case "keywords":
      let all = String(decoding: content, as: UTF8.self)
      keywords += all.split(whereSeparator: { ",;\n".contains($0) }).prefix(256).map(
        String.init)
    case "description":
      if description.isEmpty { description = Array(content.prefix(4096)) }
    case "og:title":
      if heading.isEmpty { heading = content }
      headingState = .closed
    default: break
    }
  }

  /// Elements that do not end a word: everything else separates.
  private static let inlineElements: Set<String> = [
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "ins", "kbd", "mark", "nobr", "q", "rb", "rp", "rt", "ruby", "s", "samp", "small",
    "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
  ]
}

private let space = UInt8(ascii: " ")
private let newline = UInt8(ascii: "\n")
