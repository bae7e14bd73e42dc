internal import CXapian
import SearchModel

/// Which keys a batch has written, by their fingerprints.
struct KeyFingerprints {
  /// Open addressing with linear probing; 0 is an empty place.
  private var places: [UInt64]
  private var count = 0

  init(minimumCapacity: Int = 0) {
    var size = 1024
    while size < minimumCapacity * 2 { size *= 2 }
    places = Array(repeating: 0, count: size)
  }

  /// The number by which parts find the key; never 0.
  static func fingerprint(of key: RecordKey) -> UInt64 {
    var key = key.value
    return key.withUTF8 { bytes in
      place(cxapian_key_fingerprint(cxapian_bytes(data: bytes.baseAddress, count: bytes.count)))
    }
  }

  /// Fingerprints have 48 bits; one more keeps 0 free.
  static func place(_ fingerprint: UInt64) -> UInt64 { fingerprint | 1 << 48 }

  /// In no order.
  var all: some Sequence<UInt64> { places.lazy.filter { $0 != 0 } }

  /// - Returns: whether it is new.
  @discardableResult
  mutating func insert(_ fingerprint: UInt64) -> Bool {
    let index = place(of: fingerprint)
    if places[index] == fingerprint { return false }
    places[index] = fingerprint
    count += 1
    if count * 2 > places.count { grow() }
    return true
  }

  /// Where the fingerprint stands or would stand.
  private func place(of fingerprint: UInt64) -> Int {
    let mask = places.count - 1
    var index = Int(truncatingIfNeeded: fingerprint) & mask
    while places[index] != 0 && places[index] != fingerprint { index = (index + 1) & mask }
    return index
  }

  private mutating func grow() {
    var larger = KeyFingerprints(minimumCapacity: places.count)
    for fingerprint in all { larger.insert(fingerprint) }
    self = larger
  }
}
