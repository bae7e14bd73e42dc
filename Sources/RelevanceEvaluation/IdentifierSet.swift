/// A set of identifiers that keeps 16 bytes of each, however long they are.
///
/// It answers from 128-bit fingerprints of the UTF-8 bytes: two of a million different identifiers
/// share one with a probability below 1e-26. Identifiers are compared by their bytes, unlike
/// `String`, which takes a composed and a decomposed syllable for the same.
public struct IdentifierSet: Sendable {
  private struct Fingerprint: Hashable {
    var first: UInt64
    var second: UInt64

    init(_ identifier: String) {
      first = Self.hash(identifier, salt: 0)
      second = Self.hash(identifier, salt: 1)
    }

    private static func hash(_ identifier: String, salt: UInt8) -> UInt64 {
      var hasher = Hasher()
      hasher.combine(salt)
      var identifier = identifier
      identifier.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
      return UInt64(bitPattern: Int64(hasher.finalize()))
    }
  }

  private var fingerprints: Set<Fingerprint> = []

  public init() {}

  public var count: Int { fingerprints.count }

  /// - Returns: whether `identifier` is new.
  public mutating func insert(_ identifier: String) -> Bool {
    fingerprints.insert(Fingerprint(identifier)).inserted
  }

  public func contains(_ identifier: String) -> Bool {
    fingerprints.contains(Fingerprint(identifier))
  }
}
