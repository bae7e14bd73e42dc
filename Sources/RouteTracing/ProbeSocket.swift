import Glibc
import RouterBands

/// A UDP socket that sends one probe of one TTL. Routers quote as little as 28 bytes of a probe, so
/// its answer is told by the socket that it comes to.
final class ProbeSocket {
  /// The first port of those that tracing programs use, so that firewalls know what it is.
  private static let port: in_port_t = 33434

  let descriptor: CInt
  /// The wall clock when the probe was sent, in nanoseconds since 1970; to compare with the
  /// kernel's time of an answer.
  private(set) var sentAt: Int64 = 0

  init(to destination: IPAddress, position: Int) throws(RouteTracingError) {
    let family = destination.isIPv4 ? AF_INET : AF_INET6
    let kind = CInt(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, kind, 0)
    guard descriptor >= 0 else {
      throw RouteTracingError(code: errno, call: "socket", destination: destination)
    }
    self.descriptor = descriptor
    let own: [(level: CInt, name: CInt, value: CInt)] =
      destination.isIPv4
      ? [
        (LinuxConstants.levelIPv4, LinuxConstants.ipv4TimeToLive, CInt(position)),
        (LinuxConstants.levelIPv4, LinuxConstants.ipv4ReceiveErrors, CInt(1)),
      ]
      : [
        (LinuxConstants.levelIPv6, LinuxConstants.ipv6HopLimit, CInt(position)),
        (LinuxConstants.levelIPv6, LinuxConstants.ipv6ReceiveErrors, CInt(1)),
      ]
    let times = (LinuxConstants.levelSocket, LinuxConstants.timestampNanoseconds, CInt(1))
    for (level, name, value) in own + [times] {
      var value = value
      let size = socklen_t(MemoryLayout.size(ofValue: value))
      guard setsockopt(descriptor, level, name, &value, size) == 0 else {
        throw RouteTracingError(code: errno, call: "setsockopt", destination: destination)
      }
    }
  }

  deinit { close(descriptor) }

  /// Sends the probe. A connected socket takes answers from nobody but the destination and the
  /// routers on the way to it.
  func send(to destination: IPAddress) throws(RouteTracingError) {
    let connected = destination.withSocketAddress(port: Self.port) { address, length in
      connect(descriptor, address, length)
    }
    guard connected == 0 else {
      throw RouteTracingError(code: errno, call: "connect", destination: destination)
    }
    sentAt = Self.wallClock()
    // The content is nobody's business and empty packets are dropped by some.
    let content = [UInt8](repeating: 0, count: 16)
    guard Glibc.send(descriptor, content, content.count, 0) < 0 else { return }
    switch errno {
    // The queues are full or an answer was faster than the call: a lost probe is a silent hop.
    case ENOBUFS, EAGAIN, ECONNREFUSED: return
    case let code:
      throw RouteTracingError(code: code, call: "send", destination: destination)
    }
  }

  /// The next answer that waits in the error queue.
  ///
  /// - Returns: nil when none waits.
  func nextAnswer() -> ProbeAnswer? {
    var control = [UInt8](repeating: 0, count: 512)
    // Some messages are about something else; their number is bounded by the socket's buffer, the
    // walk through them by this.
    for _ in 0..<64 {
      guard let length = receiveError(&control) else { return nil }
      if let answer = ProbeAnswer(controlMessages: control.prefix(length)) { return answer }
    }
    return nil
  }

  /// Whether the destination sent a datagram: something listens at the port.
  func takeDatagram() -> Bool {
    var byte: UInt8 = 0
    return recv(descriptor, &byte, 1, LinuxConstants.messageDontWait) >= 0
  }

  /// - Returns: how many bytes of control messages came; nil when no error waits.
  private func receiveError(_ control: inout [UInt8]) -> Int? {
    var content: UInt8 = 0
    return control.withUnsafeMutableBytes { control in
      withUnsafeMutablePointer(to: &content) { content in
        var vector = iovec(iov_base: content, iov_len: 1)
        return withUnsafeMutablePointer(to: &vector) { vector in
          var message = msghdr()
          message.msg_iov = vector
          message.msg_iovlen = 1
          message.msg_control = control.baseAddress
          message.msg_controllen = control.count
          let flags = LinuxConstants.messageErrorQueue | LinuxConstants.messageDontWait
          guard recvmsg(descriptor, &message, flags) >= 0 else { return nil }
          return min(Int(message.msg_controllen), control.count)
        }
      }
    }
  }

  static func wallClock() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}

extension IPAddress {
  var isIPv4: Bool {
    if case .ipv4 = self { true } else { false }
  }

  /// The address as the calls of the C library take it.
  func withSocketAddress<Result>(
    port: in_port_t, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    func pass<Value>(_ value: Value) -> Result {
      withUnsafePointer(to: value) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          body($0, socklen_t(MemoryLayout<Value>.size))
        }
      }
    }
    switch self {
    case .ipv4(let address):
      var value = sockaddr_in()
      value.sin_family = sa_family_t(AF_INET)
      value.sin_port = port.bigEndian
      value.sin_addr.s_addr = address.bits.bigEndian
      return pass(value)
    case .ipv6(let address):
      var value = sockaddr_in6()
      value.sin6_family = sa_family_t(AF_INET6)
      value.sin6_port = port.bigEndian
      withUnsafeMutableBytes(of: &value.sin6_addr) {
        $0.storeBytes(of: address.bits.bigEndian, as: UInt128.self)
      }
      return pass(value)
    }
  }
}
