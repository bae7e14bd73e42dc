import RouterBands

/// Bytes that are read by position; what lies outside of them is nil.
struct ByteReader: Sendable {
  private let bytes: ArraySlice<UInt8>

  init(_ bytes: some Collection<UInt8>) {
    self.bytes = Array(bytes)[...]
  }

  private init(slice: ArraySlice<UInt8>) {
    bytes = slice
  }

  var count: Int { bytes.count }

  /// - Parameter range: inside of the bytes.
  func slice(_ range: Range<Int>) -> ByteReader {
    ByteReader(
      slice: bytes[bytes.startIndex + range.lowerBound..<bytes.startIndex + range.upperBound])
  }

  /// The number in the machine's own order of bytes.
  func number<Number: FixedWidthInteger>(at offset: Int) -> Number? {
    let size = MemoryLayout<Number>.size
    guard offset >= 0, offset <= bytes.count - size else { return nil }
    return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Number.self) }
  }

  /// The number in the network's order of bytes.
  func networkNumber<Number: FixedWidthInteger>(at offset: Int) -> Number? {
    number(at: offset).map(Number.init(bigEndian:))
  }

  /// The address in a `sockaddr_in` or `sockaddr_in6`; its port and zone are left out.
  func socketAddress(at offset: Int) -> IPAddress? {
    guard let family: UInt16 = number(at: offset) else { return nil }
    switch family {
    case LinuxConstants.familyIPv4:
      return networkNumber(at: offset + 4).map { .ipv4(IPv4Address(bits: $0)) }
    case LinuxConstants.familyIPv6:
      return networkNumber(at: offset + 8).map { IPAddress(IPv6Address(bits: $0)) }
    default:
      return nil
    }
  }
}
