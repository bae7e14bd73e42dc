/// Appends numbers (little-endian) and strings to bytes, for the streams that cross into the shim
/// and for what is stored.
extension Array where Element == UInt8 {
  mutating func append(number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }

  mutating func append(number: Double) {
    append(number: number.bitPattern)
  }

  /// A u32 byte count and the UTF-8 bytes.
  mutating func append(string: String) {
    var string = string
    string.withUTF8 { bytes in
      append(number: UInt32(bytes.count))
      append(contentsOf: bytes)
    }
  }

  /// A byte count in as few bytes as it needs, seven bits in each (LEB128), and the UTF-8 bytes.
  mutating func append(shortString string: String) {
    var string = string
    string.withUTF8 { bytes in
      append(variable: UInt64(bytes.count))
      append(contentsOf: bytes)
    }
  }

  mutating func append(variable number: UInt64) {
    var rest = number
    while rest >= 128 {
      append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    append(UInt8(rest))
  }
}

/// Reads what the above wrote. Every read fails by returning nil at an early end.
struct ByteStreamReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var index = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  mutating func number<Number: FixedWidthInteger>(_: Number.Type) -> Number? {
    guard let part = take(MemoryLayout<Number>.size) else { return nil }
    return part.reversed().reduce(0) { ($0 << 8) | Number(truncatingIfNeeded: $1) }
  }

  mutating func variable() -> UInt64? {
    var number: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard index < bytes.count else { return nil }
      let byte = bytes[index]
      index += 1
      number |= UInt64(byte & 127) << shift
      if byte < 128 { return number }
    }
    return nil
  }

  mutating func shortString() -> String? {
    guard let count = variable(), let part = take(Int(clamping: count)) else { return nil }
    return String(decoding: part, as: UTF8.self)
  }

  mutating func take(_ count: Int) -> UnsafeBufferPointer<UInt8>? {
    guard count >= 0, bytes.count - index >= count else { return nil }
    defer { index += count }
    return UnsafeBufferPointer(rebasing: bytes[index..<index + count])
  }

  var isAtEnd: Bool { index == bytes.count }
}
