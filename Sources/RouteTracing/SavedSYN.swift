import Glibc
import RouterBands

/// The request that opened a TCP connection, as it came in: its TTL says how many routers it
/// passed, where nothing else does.
///
/// The listening socket is told with ``keep(onListening:)`` before the connection comes; then
/// ``read(fromAccepted:)`` works once on the accepted one. Neither needs a privilege.
public struct SavedSYN: Hashable, Sendable {
  public var source: IPAddress
  public var destination: IPAddress
  /// The TTL (IPv4) or hop limit (IPv6) that was left on arrival: what
  /// ``RouterBands/RouteObservation/synTTL`` wants.
  public var timeToLive: Int

  /// Reads the headers of IPv4 or IPv6 at the start of what the kernel kept.
  ///
  /// - Returns: nil unless the bytes begin with one that carries TCP, whole and consistent.
  public init?(headers bytes: some Collection<UInt8>) {
    let reader = ByteReader(bytes)
    guard let first: UInt8 = reader.number(at: 0) else { return nil }
    switch first >> 4 {
    case 4:
      let length = Int(first & 15) * 4
      guard length >= 20, reader.count >= length, let protocolNumber: UInt8 = reader.number(at: 9),
        protocolNumber == UInt8(LinuxConstants.levelTCP),
        let timeToLive: UInt8 = reader.number(at: 8),
        let source: UInt32 = reader.networkNumber(at: 12),
        let destination: UInt32 = reader.networkNumber(at: 16)
      else { return nil }
      self.source = .ipv4(IPv4Address(bits: source))
      self.destination = .ipv4(IPv4Address(bits: destination))
      self.timeToLive = Int(timeToLive)
    case 6:
      // Extension headers may stand before TCP's, so the next header is not looked at.
      guard let timeToLive: UInt8 = reader.number(at: 7),
        let source: UInt128 = reader.networkNumber(at: 8),
        let destination: UInt128 = reader.networkNumber(at: 24)
      else { return nil }
      self.source = IPAddress(IPv6Address(bits: source))
      self.destination = IPAddress(IPv6Address(bits: destination))
      self.timeToLive = Int(timeToLive)
    default:
      return nil
    }
  }

  /// Makes a listening socket keep the requests of the connections that it will accept.
  ///
  /// - Parameter descriptor: a TCP socket's, before or after `listen`.
  /// - Throws: ``RouteTracingError/system(call:code:)`` when it is none.
  public static func keep(onListening descriptor: CInt) throws(RouteTracingError) {
    var isOn: CInt = 1
    let result = setsockopt(
      descriptor, LinuxConstants.levelTCP, LinuxConstants.tcpSaveSYN, &isOn,
      socklen_t(MemoryLayout.size(ofValue: isOn)))
    guard result == 0 else { throw .system(call: "TCP_SAVE_SYN", code: errno) }
  }

  /// The request of an accepted connection. The kernel gives it away once.
  ///
  /// - Returns: nil when none was kept, it was read before, or it holds no header of TCP over IP.
  /// - Throws: ``RouteTracingError/system(call:code:)`` when the descriptor is no connection's.
  public static func read(fromAccepted descriptor: CInt) throws(RouteTracingError) -> SavedSYN? {
    // The longest headers of IPv4 and TCP are 120 bytes; those of IPv6 have no such limit.
    var bytes = [UInt8](repeating: 0, count: 2048)
    var length = socklen_t(bytes.count)
    let result = getsockopt(
      descriptor, LinuxConstants.levelTCP, LinuxConstants.tcpSavedSYN, &bytes, &length)
    guard result == 0 else { throw .system(call: "TCP_SAVED_SYN", code: errno) }
    return SavedSYN(headers: bytes.prefix(Int(length)))
  }
}
