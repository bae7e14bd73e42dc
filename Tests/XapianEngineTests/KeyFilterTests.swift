import SearchModel
import TestSupport
import Testing

@testable import XapianEngine

@Suite("The filter of committed keys") struct KeyFilterTests {
  private static func fingerprint(_ number: Int) -> UInt64 {
    KeyFingerprints.fingerprint(of: RecordKey("key \(number)")!)
  }

  @Test(arguments: [1, 100, 40_000])
  func holdsWhatWentInAndLittleElse(count: Int) {
    var filter = KeyFilter(capacity: count)
    for number in 0..<count { filter.insert(Self.fingerprint(number)) }
    #expect(!filter.isFull)
    #expect((0..<count).allSatisfy { filter.mayContain(Self.fingerprint($0)) })
    let strangers = (count..<count + 20_000).count { filter.mayContain(Self.fingerprint($0)) }
    #expect(strangers < 60, "\(strangers) of 20,000 absent keys seem present")
  }

  @Test func saysWhenItIsFull() {
    var filter = KeyFilter(capacity: 2_000)
    var count = 0
    while !filter.isFull && count < 1_000_000 {
      filter.insert(Self.fingerprint(count))
      count += 1
    }
    #expect((2_000...8_000).contains(count))
  }

  /// However many keys there are: what grows is how often it says "maybe".
  @Test func neverTakesMoreThanItsBound() {
    var filter = KeyFilter(capacity: 1_000_000_000)
    #expect(filter.byteCount == KeyFilter.longestByteCount)
    for number in 0..<1_000 { filter.insert(Self.fingerprint(number)) }
    #expect(!filter.isFull)
  }
}
