import SearchModel

/// The bytes of a filter; numbers are little-endian:
///
///     4 bytes  "NTFB"
///     u8       the format's version
///     u8       bits set by each fingerprint, 1 to 16
///     u16      0
///     u64      revision
///     u64      number of fingerprints
///     u64      number of 64-bit words
///     …        the words
///     u64      XXH64 of all before, with seed 2
///
/// The version also stands for what fingerprints are made of: it rises when text analysis makes other
/// terms of the same text, because a filter of others' terms would prove what is not so.
extension TermFilter {
  public static let formatVersion: UInt8 = 1

  /// The largest encoding that is taken: the terms of some ten million different words.
  public static let standardByteLimit = 16 << 20

  static let magic = Array("NTFB".utf8)
  static let headerByteCount = 32
  static let checksumByteCount = 8
  private static let checksumSeed: UInt64 = 2
  static let mostProbes = 16

  /// The size of ``encoded`` for a filter of so many fingerprints, known before one is made.
  public static func encodedByteCount(of fingerprintCount: Int) -> Int {
    headerByteCount + 8 * wordCount(of: fingerprintCount) + checksumByteCount
  }

  public var encoded: [UInt8] {
    var bytes = Self.magic
    bytes.reserveCapacity(Self.headerByteCount + 8 * words.count + Self.checksumByteCount)
    bytes += [Self.formatVersion, UInt8(probeCount), 0, 0]
    for number in [revision.number, UInt64(count), UInt64(words.count)] + words {
      withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
    }
    let checksum = StableHash.value(of: bytes, seed: Self.checksumSeed)
    withUnsafeBytes(of: checksum.littleEndian) { bytes += $0 }
    return bytes
  }

  /// - Throws: ``TermFilterError`` for anything but what ``encoded`` makes.
  public init(
    decoding bytes: [UInt8], byteLimit: Int = standardByteLimit
  ) throws(TermFilterError) {
    var reader = TermFilterReader(byteLimit: byteLimit)
    try reader.append(bytes[...])
    self = try reader.finish()
  }

  fileprivate init(
    _ header: Header, _ bytes: UnsafeRawBufferPointer
  ) throws(TermFilterError) {
    let body = bytes.dropLast(Self.checksumByteCount)
    let checksum = StableHash.value(
      of: UnsafeRawBufferPointer(rebasing: body), seed: Self.checksumSeed)
    guard bytes.number(at: body.endIndex) == checksum else { throw .damaged }
    let words = (0..<header.wordCount).map { bytes.number(at: Self.headerByteCount + 8 * $0) }
    // A filter with more bits than its fingerprints can have set was not made of them.
    let bitCount = words.reduce(0) { $0 + $1.nonzeroBitCount }
    guard bitCount <= header.count * header.probeCount else {
      throw .impossible("\(bitCount) bits are set for \(header.count) fingerprints")
    }
    self.init(
      revision: header.revision, count: header.count, probeCount: header.probeCount, words: words)
  }

  /// What is known of a filter before its words are read.
  fileprivate struct Header {
    var revision: Revision
    var count: Int
    var probeCount: Int
    var wordCount: Int

    var byteCount: Int {
      TermFilter.headerByteCount + 8 * wordCount + TermFilter.checksumByteCount
    }

    init(_ bytes: UnsafeRawBufferPointer, byteLimit: Int) throws(TermFilterError) {
      guard bytes.prefix(4).elementsEqual(magic) else { throw .notAFilter }
      guard bytes[4] == formatVersion else { throw .otherVersion(Int(bytes[4])) }
      revision = Revision(bytes.number(at: 8))
      probeCount = Int(bytes[5])
      guard 1...mostProbes ~= probeCount, bytes[6] == 0, bytes[7] == 0 else {
        throw .impossible("each fingerprint sets \(probeCount) bits")
      }
      let (announced, words) = (bytes.number(at: 16), bytes.number(at: 24))
      // Compared in words, so that no number of a stranger can overflow.
      let most = max(0, byteLimit - headerByteCount - checksumByteCount) / 8
      guard words <= UInt64(most) else {
        throw .tooLarge(wordCount: words, byteLimit: byteLimit)
      }
      guard words > 0, announced <= words * 64 else {
        throw .impossible("\(announced) fingerprints in \(words) words")
      }
      (count, wordCount) = (Int(announced), Int(words))
    }
  }
}

/// Takes a filter's bytes as they come and refuses what cannot become one as soon as that shows: one
/// that is too large after its first bytes, before the rest is taken into memory.
public struct TermFilterReader: Sendable {
  private let byteLimit: Int
  private var bytes: [UInt8] = []
  private var header: TermFilter.Header?

  public init(byteLimit: Int = TermFilter.standardByteLimit) {
    self.byteLimit = byteLimit
  }

  /// - Throws: ``TermFilterError``; nothing that comes afterwards can change that.
  public mutating func append(_ piece: ArraySlice<UInt8>) throws(TermFilterError) {
    var rest = piece
    if header == nil {
      let head = rest.prefix(TermFilter.headerByteCount - bytes.count)
      bytes += head
      rest = rest.dropFirst(head.count)
      guard bytes.count == TermFilter.headerByteCount else { return }
      header = try bytes.withUnsafeBytes { bytes in
        Result { () throws(TermFilterError) in
          try TermFilter.Header(bytes, byteLimit: byteLimit)
        }
      }.get()
    }
    let expected = header?.byteCount ?? 0
    guard bytes.count + rest.count <= expected else {
      throw .impossible("more bytes follow than the \(expected) announced")
    }
    bytes += rest
  }

  /// The filter, once all bytes have come.
  public func finish() throws(TermFilterError) -> TermFilter {
    guard let header, bytes.count == header.byteCount else {
      throw .truncated(
        byteCount: bytes.count, expected: header?.byteCount ?? TermFilter.headerByteCount)
    }
    return try bytes.withUnsafeBytes { bytes in
      Result { () throws(TermFilterError) in try TermFilter(header, bytes) }
    }.get()
  }
}

/// Why bytes are not taken as a filter. The server that sent them is asked like one without a filter.
public enum TermFilterError: Error, Hashable, Sendable {
  case notAFilter
  case otherVersion(Int)
  case truncated(byteCount: Int, expected: Int)
  case tooLarge(wordCount: UInt64, byteLimit: Int)
  case damaged
  /// No filter has such numbers; the text says which.
  case impossible(String)
}

extension TermFilterError: CustomStringConvertible {
  public var description: String {
    let reason =
      switch self {
      case .notAFilter: "The bytes are no term filter."
      case .otherVersion(let version):
        "The term filter has version \(version), and this program reads \(TermFilter.formatVersion). Bring the older of the two machines up to date."
      case .truncated(let count, let expected):
        "The term filter ends after \(count) of \(expected) bytes."
      case .tooLarge(let words, let limit):
        "The term filter has \(words) words of 8 bytes; at most \(limit) bytes are taken."
      case .damaged: "The term filter was damaged on its way."
      case .impossible(let what): "The term filter contradicts itself: \(what)."
      }
    return reason + " Its server is searched without it."
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func number(at offset: Int) -> UInt64 {
    UInt64(littleEndian: loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}
