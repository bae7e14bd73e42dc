import Foundation
import Synchronization

/// Carries connections on loopback to another port, until it is cut: then what is sent vanishes and
/// nobody is told, as when a cable is pulled out.
final class Relay: Sendable {
  private struct State {
    var target: UInt16
    var isCut = false
    var isClosed = false
    var open: Set<Int32> = []
  }

  let port: UInt16
  private let listener: Int32
  private let state: Mutex<State>

  init(to target: UInt16) throws {
    state = Mutex(State(target: target))
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard listener >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    _ = fcntl(listener, F_SETFD, FD_CLOEXEC)
    var address = Self.loopback(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(listener, pointer, length) == 0 && listen(listener, 64) == 0
          && getsockname(listener, pointer, &length) == 0
      }
    }
    guard isListening else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    port = UInt16(bigEndian: address.sin_port)
    Thread { [self] in accept() }.start()
  }

  var address: String { "127.0.0.1:\(port)" }

  /// From now on nothing comes through, on open connections and on new ones.
  func cut() { state.withLock { $0.isCut = true } }

  /// New connections come through again; those of before have lost something, and end.
  func heal() {
    state.withLock { state in
      state.isCut = false
      for descriptor in state.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }
  }

  func close() {
    heal()
    state.withLock { $0.isClosed = true }
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private static func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    return address
  }

  private func accept() {
    while true {
      let near = Foundation.accept(listener, nil, nil)
      guard near >= 0, !state.withLock({ $0.isClosed }) else { break }
      _ = fcntl(near, F_SETFD, FD_CLOEXEC)
      let far = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      _ = fcntl(far, F_SETFD, FD_CLOEXEC)
      var address = Self.loopback(port: state.withLock { $0.target })
      let isConnected = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
          connect(far, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
      }
      guard isConnected else {
        Foundation.close(near)
        Foundation.close(far)
        continue
      }
      state.withLock { $0.open.formUnion([near, far]) }
      let finished = Finished { [self] in
        state.withLock { state in
          state.open.subtract([near, far])
          Foundation.close(near)
          Foundation.close(far)
        }
      }
      Thread { [self] in carry(from: near, to: far, finished) }.start()
      Thread { [self] in carry(from: far, to: near, finished) }.start()
    }
    Foundation.close(listener)
  }

  private func carry(from source: Int32, to target: Int32, _ finished: Finished) {
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = read(source, &buffer, buffer.count)
      guard count > 0 else { break }
      if state.withLock({ $0.isCut }) { continue }
      var rest = buffer[..<count]
      while !rest.isEmpty {
        let written = rest.withUnsafeBytes {
          send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard written > 0 else { break }
        rest = rest.dropFirst(written)
      }
    }
    // An end vanishes too.
    if !state.withLock({ $0.isCut }) { shutdown(target, Int32(SHUT_WR)) }
    finished.half()
  }

  /// Calls once both directions are done.
  private final class Finished: Sendable {
    private let count = Mutex(0)
    private let whole: @Sendable () -> Void

    init(_ whole: @escaping @Sendable () -> Void) { self.whole = whole }

    func half() {
      let isWhole = count.withLock { count in
        count += 1
        return count == 2
      }
      if isWhole { whole() }
    }
  }
}
