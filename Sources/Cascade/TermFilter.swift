import SearchModel

/// The terms of one virtual server, so small that all others can hold it: a Bloom filter of their
/// fingerprints. It never misses one that went in, and takes about one in a hundred that did not for
/// one that did. So it can prove that no record of the server matches a query, as Gnutella's query
/// routing tables do for the neighbours of a node.
///
/// The same fingerprints make the same filter, to the byte.
public struct TermFilter: Hashable, Sendable {
  /// The state of the index that it was made of.
  public let revision: Revision

  /// How many fingerprints went in.
  public let count: Int

  /// How many bits each of them set.
  let probeCount: Int

  /// The bits, the lowest of the first word first.
  let words: [UInt64]

  /// With ``standardProbeCount`` the fewest errors for the size: 0.82 % in theory.
  static let bitsPerFingerprint = 10
  static let standardProbeCount = 7

  public init(_ fingerprints: TermFingerprints) {
    let wordCount = Self.wordCount(of: fingerprints.values.count)
    var words = [UInt64](repeating: 0, count: wordCount)
    for fingerprint in fingerprints.values {
      var probes = Probes(fingerprint, wordCount: wordCount)
      for _ in 0..<Self.standardProbeCount {
        let bit = probes.next()
        words[bit >> 6] |= 1 << UInt64(bit & 63)
      }
    }
    self.init(
      revision: fingerprints.revision, count: fingerprints.values.count,
      probeCount: Self.standardProbeCount, words: words)
  }

  static func wordCount(of fingerprintCount: Int) -> Int {
    max(1, (fingerprintCount * bitsPerFingerprint + 63) / 64)
  }

  init(revision: Revision, count: Int, probeCount: Int, words: [UInt64]) {
    self.revision = revision
    self.count = count
    self.probeCount = probeCount
    self.words = words
  }

  /// Whether the server may hold a match; false is certain, for the filter's revision.
  public func mayMatch(_ requirement: TermRequirement) -> Bool {
    requirement.mayHold(mayHold)
  }

  /// Whether a fingerprint may have gone in; false is certain.
  public func mayHold(_ fingerprint: TermFingerprint) -> Bool {
    var probes = Probes(fingerprint, wordCount: words.count)
    for _ in 0..<probeCount {
      let bit = probes.next()
      if words[bit >> 6] >> UInt64(bit & 63) & 1 == 0 { return false }
    }
    return true
  }
}

/// The bits that stand for a fingerprint, by double hashing (Kirsch and Mitzenmacher, "Less hashing,
/// same performance", 2006): as good as independent hash functions, for the price of two.
private struct Probes {
  private var place: UInt64
  private let step: UInt64
  private let bitCount: UInt64

  init(_ fingerprint: TermFingerprint, wordCount: Int) {
    place = fingerprint.value
    bitCount = UInt64(wordCount) * 64
    // The finisher of MurmurHash3, so that the step tells nothing of the place; odd, so never 0.
    var step = (place ^ place >> 33) &* 0xFF51_AFD7_ED55_8CCD
    step = (step ^ step >> 33) &* 0xC4CE_B9FE_1A85_EC53
    self.step = (step ^ step >> 33) | 1
  }

  mutating func next() -> Int {
    // The place as a fraction of 2^64, times the number of bits.
    let bit = place.multipliedFullWidth(by: bitCount).high
    place &+= step
    return Int(bit)
  }
}
