/// Numbers of Linux's interface between kernel and programs that the C library's module leaves out
/// or shows in forms that Swift does not read. They never change (see `asm-generic/socket.h`,
/// `linux/in.h`, `linux/in6.h`, `linux/tcp.h`, `linux/errqueue.h`).
enum LinuxConstants {
  static let levelSocket: CInt = 1
  static let levelIPv4: CInt = 0
  static let levelIPv6: CInt = 41
  static let levelTCP: CInt = 6

  /// The kernel's time of arrival with each message, in nanoseconds.
  static let timestampNanoseconds: CInt = 35

  static let ipv4TimeToLive: CInt = 2
  static let ipv4ReceiveErrors: CInt = 11
  static let ipv6HopLimit: CInt = 16
  static let ipv6ReceiveErrors: CInt = 25

  static let tcpSaveSYN: CInt = 27
  static let tcpSavedSYN: CInt = 28

  static let errorOriginICMPv4: UInt8 = 2
  static let errorOriginICMPv6: UInt8 = 3

  static let messageErrorQueue: CInt = 0x2000
  static let messageDontWait: CInt = 0x40

  static let familyIPv4: UInt16 = 2
  static let familyIPv6: UInt16 = 10
}
