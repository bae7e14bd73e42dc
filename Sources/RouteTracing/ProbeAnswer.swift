import RouterBands

/// What an ICMP message says about the probe that caused it.
struct ProbeAnswer: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    /// The probe's TTL ended at the sender of the answer.
    case timeExceeded
    /// The sender of the answer would not or could not take the probe any further.
    case unreachable
  }

  var sender: IPAddress
  var kind: Kind
  /// The wall clock's nanoseconds since 1970 at the answer's arrival, taken by the kernel; nil
  /// where it gave none.
  var arrival: Int64?
}

extension ProbeAnswer {
  /// Reads the control messages of one message from a socket's error queue.
  ///
  /// - Parameter bytes: as `recvmsg` filled them; their truth is the kernel's, their order and
  ///   number are not assumed.
  /// - Returns: nil when they hold no ICMP message about a probe.
  init?(controlMessages bytes: some RandomAccessCollection<UInt8>) {
    var answer: ProbeAnswer?
    var arrival: Int64?
    for message in ControlMessages(bytes) {
      switch (message.level, message.type) {
      case (LinuxConstants.levelIPv4, LinuxConstants.ipv4ReceiveErrors),
        (LinuxConstants.levelIPv6, LinuxConstants.ipv6ReceiveErrors):
        answer = answer ?? ProbeAnswer(extendedError: message.data)
      case (LinuxConstants.levelSocket, LinuxConstants.timestampNanoseconds):
        arrival = arrival ?? Self.time(message.data)
      default:
        continue
      }
    }
    guard var answer else { return nil }
    answer.arrival = arrival
    self = answer
  }

  /// `struct sock_extended_err` and the address that follows it.
  private init?(extendedError data: ByteReader) {
    guard let origin: UInt8 = data.number(at: 4), let type: UInt8 = data.number(at: 5),
      let sender = data.socketAddress(at: 16), let kind = Self.kind(origin: origin, type: type)
    else { return nil }
    self.init(sender: sender, kind: kind)
  }

  private static func kind(origin: UInt8, type: UInt8) -> Kind? {
    switch (origin, type) {
    case (LinuxConstants.errorOriginICMPv4, 11), (LinuxConstants.errorOriginICMPv6, 3):
      .timeExceeded
    case (LinuxConstants.errorOriginICMPv4, 3), (LinuxConstants.errorOriginICMPv6, 1):
      .unreachable
    default:
      nil
    }
  }

  /// `struct timespec` as nanoseconds.
  private static func time(_ data: ByteReader) -> Int64? {
    guard let seconds: Int64 = data.number(at: 0), let nanoseconds: Int64 = data.number(at: 8),
      (0..<1_000_000_000).contains(nanoseconds)
    else { return nil }
    let (whole, isTooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflows) = whole.addingReportingOverflow(nanoseconds)
    return seconds < 0 || isTooLarge || overflows ? nil : sum
  }
}
