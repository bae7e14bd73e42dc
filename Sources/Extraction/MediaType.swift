import Foundation

/// Names what a file is by its first bytes.
public enum MediaType {
  /// How many of the first bytes are looked at.
  public static let sniffedByteCount = 4096

  /// - Returns: nil for bytes of no known kind and for none at all.
  public static func sniffed(_ bytes: [UInt8]) -> String? {
    for signature in signatures where bytes.starts(with: signature.bytes) {
      return signature.mediaType
    }
    return riff(bytes) ?? isoMedia(bytes) ?? zip(bytes) ?? mpegAudio(bytes) ?? text(bytes)
  }

  static func sniffed(_ file: LocalFile) async throws(ExtractionError) -> String? {
    let start = try await BlockingWork.run { () throws(ExtractionError) in
      try OpenFile(file).read(atMost: sniffedByteCount)
    }
    return sniffed(start)
  }

  private static let signatures: [(bytes: [UInt8], mediaType: String)] = [
    (Array("%PDF-".utf8), "application/pdf"),
    ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "image/png"),
    ([0xFF, 0xD8, 0xFF], "image/jpeg"),
    (Array("GIF8".utf8), "image/gif"),
    ([0x49, 0x49, 0x2A, 0x00], "image/tiff"),
    ([0x4D, 0x4D, 0x00, 0x2A], "image/tiff"),
    (Array("ID3".utf8), "audio/mpeg"),
    (Array("fLaC".utf8), "audio/flac"),
    (Array("OggS".utf8), "audio/ogg"),
    (Array("{\\rtf".utf8), "application/rtf"),
    ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "application/x-ole-storage"),
  ]

  private static func riff(_ bytes: [UInt8]) -> String? {
    guard bytes.count >= 12, bytes.starts(with: Array("RIFF".utf8)) else { return nil }
    return switch String(decoding: bytes[8..<12], as: UTF8.self) {
    case "WAVE": "audio/x-wav"
    case "WEBP": "image/webp"
    case "AVI ": "video/x-msvideo"
    default: nil
    }
  }

  /// The family of MPEG-4 containers names its brand after `ftyp`.
  private static func isoMedia(_ bytes: [UInt8]) -> String? {
    guard bytes.count >= 12, bytes[4..<8].elementsEqual("ftyp".utf8) else { return nil }
    return switch String(decoding: bytes[8..<12], as: UTF8.self) {
    case "M4A ", "M4B ": "audio/mp4"
    case "heic", "heix", "mif1": "image/heic"
    case "avif": "image/avif"
    default: "video/mp4"
    }
  }

  /// Office files are archives: those of OpenDocument and EPUB begin with an uncompressed member
  /// that names them, those of Office Open XML show it in the names of their members.
  private static func zip(_ bytes: [UInt8]) -> String? {
    guard bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) else { return nil }
    if bytes.count > 38, bytes[30..<38].elementsEqual("mimetype".utf8) {
      let allowed = bytes[38...].prefix { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || "/.-+".utf8.contains(byte)
      }
      return String(decoding: allowed, as: UTF8.self)
    }
    let members: [(String, String)] = [
      ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
      ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
      ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ]
    let data = Data(bytes)
    for (member, mediaType) in members where data.range(of: Data(member.utf8)) != nil {
      return mediaType
    }
    return "application/zip"
  }

  private static func mpegAudio(_ bytes: [UInt8]) -> String? {
    guard bytes.count > 4, bytes[0] == 0xFF, bytes[1] & 0xE6 == 0xE2,
      bytes[2] & 0xF0 != 0xF0, bytes[2] & 0x0C != 0x0C
    else { return nil }
    return "audio/mpeg"
  }

  private static func text(_ bytes: [UInt8]) -> String? {
    guard !bytes.isEmpty, !TextDecoding.looksBinary(bytes) else { return nil }
    let start = TextDecoding.decoded(bytes).prefix(1024).lowercased()
    let trimmed = start.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    if trimmed.hasPrefix("<!doctype html") || trimmed.hasPrefix("<html") { return "text/html" }
    return "text/plain"
  }
}
