import RouterBands
import TestSupport
import Testing

@testable import RouteTracing

/// Reading what the kernel says about probes, whatever the bytes are.
@Suite struct ControlMessageTests {
  @Test func timeExceeded() {
    let bytes = Samples.timestamp(seconds: 1_700_000_000, nanoseconds: 5) + Samples.error(type: 11)
    let answer = ProbeAnswer(controlMessages: bytes)
    #expect(
      answer
        == ProbeAnswer(
          sender: .ipv4(IPv4Address(bits: 0xC612_0001)), kind: .timeExceeded,
          arrival: 1_700_000_000_000_000_005))
  }

  @Test func unreachableWithoutATime() {
    let answer = ProbeAnswer(controlMessages: Samples.error(type: 3))
    #expect(answer?.kind == .unreachable)
    #expect(answer?.arrival == nil)
  }

  @Test(arguments: [(3, .timeExceeded), (1, .unreachable)] as [(UInt8, ProbeAnswer.Kind)])
  func ipv6(_ type: UInt8, _ kind: ProbeAnswer.Kind) {
    let answer = ProbeAnswer(controlMessages: Samples.error6(type: type))
    #expect(answer?.sender == IPAddress("2001:db8::1"))
    #expect(answer?.kind == kind)
  }

  /// An error that this machine made itself, other ICMP messages, an unknown family.
  @Test(arguments: [
    Samples.error(origin: 1, type: 11), Samples.error(type: 5), Samples.error(family: 99, type: 11),
    Samples.error(origin: 3, type: 11),
  ])
  func otherErrorsSayNothing(_ bytes: [UInt8]) {
    #expect(ProbeAnswer(controlMessages: bytes) == nil)
  }

  @Test(
    arguments: [
      (.max, 0), (-1, 0), (1, -1), (1, 1_000_000_000), (9_223_372_036, 999_999_999),
    ] as [(Int64, Int64)])
  func impossibleTimesAreNone(_ seconds: Int64, _ nanoseconds: Int64) {
    let bytes =
      Samples.error(type: 11) + Samples.timestamp(seconds: seconds, nanoseconds: nanoseconds)
    let answer = ProbeAnswer(controlMessages: bytes)
    #expect(answer != nil)
    #expect(answer?.arrival == nil)
  }

  @Test(arguments: [UInt64(0), 1, 15, 1 << 40, UInt64.max, UInt64(Int64.max)])
  func impossibleLengthsEndTheWalk(_ length: UInt64) {
    let bytes = Samples.message(level: 0, type: 11, data: [], length: length)
    #expect(Array(ControlMessages(bytes)).isEmpty)
    #expect(ProbeAnswer(controlMessages: bytes + Samples.error(type: 11)) == nil)
  }

  @Test func everyPrefixIsReadWithoutHarm() {
    let whole =
      Samples.timestamp(seconds: 1, nanoseconds: 1) + Samples.error(type: 11)
      + Samples.error6(type: 3)
    for count in whole.indices {
      let answer = ProbeAnswer(controlMessages: whole.prefix(count))
      #expect(answer == nil || answer?.kind == .timeExceeded)
    }
  }

  @Test func damagedBytesAreReadWithoutHarm() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    let whole = Samples.timestamp(seconds: 1, nanoseconds: 1) + Samples.error(type: 11)
    for _ in 0..<20_000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        bytes[Int.random(in: bytes.indices, using: &generator)] = .random(
          in: 0...255, using: &generator)
      }
      let messages = Array(ControlMessages(bytes))
      let inside = messages.map(\.data.count).reduce(0, +)
      #expect(inside <= bytes.count, "seed \(seed)")
      _ = ProbeAnswer(controlMessages: bytes)
      _ = SavedSYN(headers: bytes)
    }
  }
}

/// Bytes as Linux lays them out on a 64-bit machine of either order of bytes.
enum Samples {
  static func message(
    level: Int32, type: Int32, data: [UInt8], length: UInt64? = nil
  ) -> [UInt8] {
    var bytes = native(length ?? UInt64(16 + data.count)) + native(level) + native(type) + data
    while bytes.count % 8 != 0 { bytes.append(0) }
    return bytes
  }

  static func timestamp(seconds: Int64, nanoseconds: Int64) -> [UInt8] {
    message(level: 1, type: 35, data: native(seconds) + native(nanoseconds))
  }

  /// `sock_extended_err` with the sender 198.18.0.1.
  static func error(origin: UInt8 = 2, family: UInt16 = 2, type: UInt8) -> [UInt8] {
    let error = native(UInt32(113)) + [origin, type, 0, 0] + [UInt8](repeating: 0, count: 8)
    let sender = native(family) + [0, 0, 198, 18, 0, 1] + [UInt8](repeating: 0, count: 8)
    return message(level: 0, type: 11, data: error + sender)
  }

  static func error6(type: UInt8) -> [UInt8] {
    let error = native(UInt32(113)) + [3, type, 0, 0] + [UInt8](repeating: 0, count: 8)
    let address: [UInt8] = [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1]
    let sender = native(UInt16(10)) + [UInt8](repeating: 0, count: 6) + address + [0, 0, 0, 0]
    return message(level: 41, type: 25, data: error + sender)
  }

  static func native(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value) { Array($0) }
  }
}
