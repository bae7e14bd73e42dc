/// Reads over a JSON text once, without recursion and building nothing but the keys, and throws at
/// the first thing that ``JSONLimits`` or RFC 8259 does not allow.
struct JSONScanner {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let limits: JSONLimits
  private var offset = 0
  private var valueCount = 0
  /// What is open, outermost first.
  private var open: [Container] = []

  private enum Container {
    case array
    /// The keys so far.
    case object(Set<String>)
  }

  private enum Expectation {
    case value
    case valueOrEndOfArray
    case key
    case keyOrEndOfObject
    case separatorOrEnd
  }

  static func check(
    _ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits
  ) throws(JSONProblem) {
    guard bytes.count <= limits.byteCount else {
      throw .tooLong(byteCount: bytes.count, limit: limits.byteCount)
    }
    var scanner = JSONScanner(bytes: bytes, limits: limits)
    try scanner.scan()
  }

  private init(bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  private mutating func scan() throws(JSONProblem) {
    var expected = Expectation.value
    while true {
      skipSpace()
      switch expected {
      case .value: expected = try scanValue()
      case .valueOrEndOfArray:
        expected = current == UInt8(ascii: "]") ? close() : try scanValue()
      case .key: expected = try scanKey()
      case .keyOrEndOfObject:
        expected = current == UInt8(ascii: "}") ? close() : try scanKey()
      case .separatorOrEnd:
        guard let container = open.last else {
          guard offset == bytes.count else { throw .syntax(offset: offset) }
          return
        }
        expected = try scanSeparator(in: container)
      }
    }
  }

  private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      offset += 1
    }
  }

  private mutating func close() -> Expectation {
    offset += 1
    open.removeLast()
    return .separatorOrEnd
  }

  private mutating func scanSeparator(in container: Container) throws(JSONProblem) -> Expectation {
    switch (current, container) {
    case (UInt8(ascii: ","), .array):
      offset += 1
      return .value
    case (UInt8(ascii: ","), .object):
      offset += 1
      return .key
    case (UInt8(ascii: "]"), .array), (UInt8(ascii: "}"), .object): return close()
    default: throw .syntax(offset: offset)
    }
  }

  private mutating func scanKey() throws(JSONProblem) -> Expectation {
    let start = offset
    guard current == UInt8(ascii: "\"") else { throw .syntax(offset: offset) }
    let key = try JSONStringScanner.scan(bytes, from: &offset, limits: limits, isKey: true)
    // Taken off first, or the set would be copied for every key.
    guard case .object(var keys)? = open.popLast() else { throw .syntax(offset: start) }
    guard keys.insert(key).inserted else { throw .duplicateKey(offset: start) }
    open.append(.object(keys))
    skipSpace()
    guard current == UInt8(ascii: ":") else { throw .syntax(offset: offset) }
    offset += 1
    return .value
  }

  private mutating func scanValue() throws(JSONProblem) -> Expectation {
    valueCount += 1
    guard valueCount <= limits.valueCount else {
      throw .tooManyValues(offset: offset, limit: limits.valueCount)
    }
    switch current {
    case UInt8(ascii: "["): return try descend(into: .array, expecting: .valueOrEndOfArray)
    case UInt8(ascii: "{"): return try descend(into: .object([]), expecting: .keyOrEndOfObject)
    case UInt8(ascii: "\""):
      _ = try JSONStringScanner.scan(bytes, from: &offset, limits: limits, isKey: false)
    case UInt8(ascii: "t"): try scanWord("true")
    case UInt8(ascii: "f"): try scanWord("false")
    case UInt8(ascii: "n"): try scanWord("null")
    default: try scanNumber()
    }
    return .separatorOrEnd
  }

  private mutating func descend(
    into container: Container, expecting expected: Expectation
  ) throws(JSONProblem) -> Expectation {
    guard open.count < limits.depth else { throw .tooDeep(offset: offset, limit: limits.depth) }
    open.append(container)
    offset += 1
    return expected
  }

  private mutating func scanWord(_ word: StaticString) throws(JSONProblem) {
    for index in 0..<word.utf8CodeUnitCount {
      guard current == word.utf8Start[index] else { throw .syntax(offset: offset) }
      offset += 1
    }
  }

  private mutating func scanNumber() throws(JSONProblem) {
    let start = offset
    if current == UInt8(ascii: "-") { offset += 1 }
    if current == UInt8(ascii: "0") {
      offset += 1
    } else {
      try scanDigits()
    }
    if current == UInt8(ascii: ".") {
      offset += 1
      try scanDigits()
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      offset += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { offset += 1 }
      try scanDigits()
    }
    let text = bytes[start..<offset]
    guard text.count <= 64, let number = Double(String(decoding: text, as: UTF8.self)),
      number.isFinite
    else { throw .number(offset: start) }
  }

  private mutating func scanDigits() throws(JSONProblem) {
    let start = offset
    while let byte = current, (0x30...0x39).contains(byte) { offset += 1 }
    guard offset > start else { throw .syntax(offset: offset) }
  }
}
