import Crypto
import SearchModel

/// Makes the record keys of one share's files.
struct RecordKeyMaker {
  private let start: [UInt8]

  init(root: PathBytes) { start = root.bytes + [0] }

  /// - Parameter path: below the share.
  func key(for path: ArraySlice<UInt8>) -> RecordKey {
    let digest = SHA256.hash(data: start + path)
    var characters: [UInt8] = []
    characters.reserveCapacity(16)
    digest.withUnsafeBytes { bytes in
      for index in stride(from: 0, to: 12, by: 3) {
        let group =
          UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8
          | UInt32(bytes[index + 2])
        for shift: UInt32 in [18, 12, 6, 0] {
          characters.append(Self.alphabet[Int(group >> shift & 63)])
        }
      }
    }
    // Sixteen characters of ASCII are always a key.
    return RecordKey(String(decoding: characters, as: UTF8.self))!
  }

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
}
