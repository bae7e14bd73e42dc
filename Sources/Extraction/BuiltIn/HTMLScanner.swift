/// Cuts HTML into tokens the way browsers forgive: nothing is an error, an unclosed construct ends
/// with the page. Every byte is looked at a bounded number of times.
struct HTMLScanner {
  enum Token: Equatable {
    /// Entities resolved.
    case text([UInt8])
    /// The whole content of a `title` element.
    case title([UInt8])
    /// Names in lower case; of several attributes of one name the first.
    case start(String, attributes: [String: [UInt8]])
    case end(String)
  }

  private let bytes: [UInt8]
  private var position = 0

  /// - Parameter bytes: UTF-8.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// - Returns: nil at the end.
  mutating func next() -> Token? {
    while position < bytes.count {
      if bytes[position] != less { return .text(text()) }
      guard position + 1 < bytes.count else {
        position = bytes.count
        return .text([less])
      }
      switch bytes[position + 1] {
      case UInt8(ascii: "!"), UInt8(ascii: "?"): skipDeclaration()
      case UInt8(ascii: "/"):
        if let token = endTag() { return token }
      case let byte where Self.isLetter(byte): return startTag()
      default:
        // A lone `<`, as in `a < b`.
        position += 1
        return .text([less])
      }
    }
    return nil
  }

  private mutating func text() -> [UInt8] {
    let start = position
    position = bytes[start...].firstIndex(of: less) ?? bytes.count
    return HTMLEntities.resolved(bytes[start..<position])
  }

  /// Comments end with `-->`, every other declaration with `>`.
  private mutating func skipDeclaration() {
    if matches("<!--", at: position) {
      let body = position + 4
      // `<!-->` is an empty comment.
      let end = find("-->", from: max(body - 2, 0))
      position = end.map { $0 + 3 } ?? bytes.count
    } else {
      position = bytes[position...].firstIndex(of: greater).map { $0 + 1 } ?? bytes.count
    }
  }

  private mutating func endTag() -> Token? {
    position += 2
    let name = tagName()
    position = bytes[position...].firstIndex(of: greater).map { $0 + 1 } ?? bytes.count
    return name.isEmpty ? nil : .end(name)
  }

  private mutating func startTag() -> Token {
    position += 1
    let name = tagName()
    let attributes = attributes(kept: name == "meta" || name == "img")
    if name == "title" {
      let content = rawContent(of: name)
      return .title(HTMLEntities.resolved(content))
    }
    if Self.skippedElements.contains(name) { _ = rawContent(of: name) }
    return .start(name, attributes: attributes)
  }

  private mutating func tagName() -> String {
    let start = position
    while position < bytes.count, !Self.isSpace(bytes[position]), bytes[position] != greater,
      bytes[position] != UInt8(ascii: "/")
    {
      position += 1
    }
    let name = bytes[start..<min(position, start + Self.maximumNameByteCount)]
    return String(decoding: name.map(Self.lowered), as: UTF8.self)
  }

  /// Reads to the tag's end. A `>` inside quotes does not end it.
  private mutating func attributes(kept: Bool) -> [String: [UInt8]] {
    var attributes: [String: [UInt8]] = [:]
    while position < bytes.count, bytes[position] != greater {
      if Self.isSpace(bytes[position]) || bytes[position] == UInt8(ascii: "/") {
        position += 1
        continue
      }
      let name = attributeName()
      skipSpace()
      var value: ArraySlice<UInt8> = []
      if position < bytes.count, bytes[position] == equals {
        position += 1
        skipSpace()
        value = attributeValue()
      }
      if kept, attributes.count < Self.maximumAttributeCount, attributes[name] == nil {
        attributes[name] = HTMLEntities.resolved(value.prefix(Self.maximumValueByteCount))
      }
    }
    position = min(position + 1, bytes.count)
    return attributes
  }

  private mutating func attributeName() -> String {
    let start = position
    // A name may begin with `=`; that keeps the loop going forward on any input.
    position += 1
    while position < bytes.count, !Self.isSpace(bytes[position]),
      bytes[position] != greater, bytes[position] != equals,
      bytes[position] != UInt8(ascii: "/")
    {
      position += 1
    }
    let name = bytes[start..<min(position, start + Self.maximumNameByteCount)]
    return String(decoding: name.map(Self.lowered), as: UTF8.self)
  }

  private mutating func attributeValue() -> ArraySlice<UInt8> {
    guard position < bytes.count else { return [] }
    let mark = bytes[position]
    if mark == UInt8(ascii: "\"") || mark == UInt8(ascii: "'") {
      let start = position + 1
      let end = bytes[start...].firstIndex(of: mark) ?? bytes.count
      position = min(end + 1, bytes.count)
      return bytes[start..<end]
    }
    let start = position
    while position < bytes.count, !Self.isSpace(bytes[position]), bytes[position] != greater {
      position += 1
    }
    return bytes[start..<position]
  }

  /// The content up to `</name`, which stays for the next token; the rest of the page where there
  /// is none.
  private mutating func rawContent(of name: String) -> ArraySlice<UInt8> {
    let start = position
    let end = find("</" + name, from: start) ?? bytes.count
    position = end
    return bytes[start..<end]
  }

  private mutating func skipSpace() {
    while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
  }

  /// Compares ASCII without case.
  private func matches(_ text: String, at start: Int) -> Bool {
    let text = text.utf8
    guard start + text.count <= bytes.count else { return false }
    return zip(text, bytes[start...]).allSatisfy { $0 == Self.lowered($1) }
  }

  private func find(_ text: String, from start: Int) -> Int? {
    guard let first = text.utf8.first else { return nil }
    var index = start
    while let candidate = bytes[min(index, bytes.count)...].firstIndex(of: first) {
      if matches(text, at: candidate) { return candidate }
      index = candidate + 1
    }
    return nil
  }

  static func lowered(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowered(byte))
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }

  /// Elements whose content is no markup and nothing that people read.
  private static let skippedElements: Set<String> = ["script", "style", "noscript", "iframe"]

  private static let maximumNameByteCount = 64
  private static let maximumAttributeCount = 32
  private static let maximumValueByteCount = 16 * 1024

  private let less = UInt8(ascii: "<")
  private let greater = UInt8(ascii: ">")
  private let equals = UInt8(ascii: "=")
}
