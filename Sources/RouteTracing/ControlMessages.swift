/// The control messages in the bytes that `recvmsg` filled: `struct cmsghdr` of a 64-bit machine,
/// each padded to 8 bytes. Whatever the bytes are, the walk ends and stays inside them.
struct ControlMessages: Sequence, IteratorProtocol {
  struct Message {
    var level: CInt
    var type: CInt
    var data: ByteReader
  }

  private static let headerSize = 16

  private let bytes: ByteReader
  private var offset = 0

  init(_ bytes: some RandomAccessCollection<UInt8>) {
    self.bytes = ByteReader(bytes)
  }

  mutating func next() -> Message? {
    // Compared before it becomes an `Int`: the length may be any number.
    guard let length: UInt64 = bytes.number(at: offset),
      let level: CInt = bytes.number(at: offset + 8),
      let type: CInt = bytes.number(at: offset + 12),
      length >= UInt64(Self.headerSize), length <= UInt64(bytes.count - offset)
    else { return nil }
    let end = offset + Int(length)
    let data = bytes.slice(offset + Self.headerSize..<end)
    offset = Swift.min(bytes.count, (end + 7) & ~7)
    return Message(level: level, type: type, data: data)
  }
}
