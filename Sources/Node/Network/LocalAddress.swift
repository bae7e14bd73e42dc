import Glibc

/// Which of this machine's addresses a connection to somewhere would leave from.
enum LocalAddress {
  /// What a host's name and port come to.
  struct Way: Hashable, Sendable {
    /// The host's address.
    var remote: String
    /// This machine's.
    var local: String
  }

  /// Asks the system, which sends nothing for that but may look the name up. Blocks.
  /// - Returns: nil where there is no way there, or no such name.
  static func way(to host: String, port: Int) -> Way? {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
    hints.ai_flags = AI_NUMERICSERV
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &found) == 0 else { return nil }
    defer { freeaddrinfo(found) }
    var entry = found
    while let address = entry?.pointee {
      if let way = way(to: address) { return way }
      entry = address.ai_next
    }
    return nil
  }

  private static func way(to address: addrinfo) -> Way? {
    let descriptor = socket(
      address.ai_family, address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    guard connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 else { return nil }
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let local: String? = withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        guard getsockname(descriptor, pointer, &length) == 0 else { return nil }
        return text(of: pointer, length)
      }
    }
    guard let local, let remote = text(of: address.ai_addr, address.ai_addrlen) else { return nil }
    return Way(remote: remote, local: local)
  }

  private static func text(of address: UnsafePointer<sockaddr>, _ length: socklen_t) -> String? {
    var characters = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    guard
      getnameinfo(
        address, length, &characters, socklen_t(characters.count), nil, 0, NI_NUMERICHOST) == 0
    else { return nil }
    let bytes = characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    // The zone of a link-local address means nothing elsewhere.
    return String(decoding: bytes.prefix { $0 != UInt8(ascii: "%") }, as: UTF8.self)
  }
}
