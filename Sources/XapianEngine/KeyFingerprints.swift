import SearchModel

/// Which keys an index may hold, as 64-bit fingerprints: eight bytes a key instead of a look-up in
/// every part. What is not here is not in the index; what is here must be looked up.
struct KeyFingerprints {
  /// Open addressing with linear probing; 0 is an empty place.
  private var places: [UInt64]
  private var count = 0

  init(minimumCapacity: Int = 0) {
    var size = 1024
    while size < minimumCapacity * 2 { size *= 2 }
    places = Array(repeating: 0, count: size)
  }

  /// FNV-1a, finished by a multiplication that spreads its low bits.
  static func fingerprint(_ key: some Sequence<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in key { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash = (hash ^ hash >> 32) &* 0x9e37_79b9_7f4a_7c15
    return hash == 0 ? 1 : hash
  }

  func mayContain(_ fingerprint: UInt64) -> Bool {
    places[place(of: fingerprint)] == fingerprint
  }

  mutating func insert(_ fingerprint: UInt64) {
    let index = place(of: fingerprint)
    if places[index] == fingerprint { return }
    places[index] = fingerprint
    count += 1
    if count * 2 > places.count { grow() }
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
    for fingerprint in places where fingerprint != 0 { larger.insert(fingerprint) }
    self = larger
  }
}
