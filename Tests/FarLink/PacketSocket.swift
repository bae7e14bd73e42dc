import Foundation

/// One end of a cable: all that a network device receives, and what it is to send, as packet(7) tells.
struct PacketSocket {
  /// A frame of the largest size, behind what the kernel says of it.
  static let longest = 1 << 17

  private let descriptor: Int32

  // Of linux/if_packet.h and linux/if_ether.h, which Swift's Glibc lacks.
  private static let familyPacket: Int32 = 17
  private static let levelPacket: Int32 = 263
  private static let everyProtocol = UInt16(3).bigEndian
  /// What is left to the device in checksums and segments goes with a frame.
  private static let optionHeader: Int32 = 15
  private static let optionIgnoreOutgoing: Int32 = 23
  private static let addressSize = 20

  /// - Throws: where the kernel or the rights of the process do not allow it.
  init(device: String) throws {
    descriptor = socket(
      Self.familyPacket, Int32(SOCK_RAW.rawValue) | Int32(SOCK_NONBLOCK.rawValue),
      Int32(Self.everyProtocol))
    guard descriptor >= 0 else { throw FarLink.Failure(call: "packet socket") }
    var yes: Int32 = 1
    var size: Int32 = 8 << 20
    let length = socklen_t(MemoryLayout<Int32>.size)
    let index = if_nametoindex(device)
    guard index > 0 else { throw FarLink.Failure(call: device) }
    // sockaddr_ll: family, protocol, device, and what only matters for single addresses.
    var address = [UInt8](repeating: 0, count: Self.addressSize)
    address.withUnsafeMutableBytes {
      $0.storeBytes(of: UInt16(Self.familyPacket), toByteOffset: 0, as: UInt16.self)
      $0.storeBytes(of: Self.everyProtocol, toByteOffset: 2, as: UInt16.self)
      $0.storeBytes(of: index, toByteOffset: 4, as: UInt32.self)
    }
    let isBound = address.withUnsafeBytes {
      bind(
        descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self),
        socklen_t(Self.addressSize)) == 0
    }
    guard isBound,
      setsockopt(descriptor, Self.levelPacket, Self.optionHeader, &yes, length) == 0,
      setsockopt(descriptor, Self.levelPacket, Self.optionIgnoreOutgoing, &yes, length) == 0
    else { throw FarLink.Failure(call: "packet socket at \(device)") }
    // A smaller one does too.
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, length)
  }

  /// Nil when there is nothing more for now.
  func received(into buffer: inout [UInt8]) -> [UInt8]? {
    let count = recv(descriptor, &buffer, buffer.count, 0)
    return count > 0 ? Array(buffer[..<count]) : nil
  }

  /// What the device does not take is lost, as on any cable.
  func send(_ frame: [UInt8]) {
    _ = Foundation.send(descriptor, frame, frame.count, 0)
  }

  static func wait(
    for sockets: [PacketSocket], until time: ContinuousClock.Instant?
  ) throws {
    var waits = sockets.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
    let rest = time.map { max(.zero, $0 - .now) } ?? .seconds(3_600)
    // Whole milliseconds, the last one begun.
    let limit = rest / .milliseconds(1)
    guard poll(&waits, nfds_t(waits.count), Int32(limit.rounded(.up))) >= 0 || errno == EINTR else {
      throw FarLink.Failure(call: "poll")
    }
  }
}
