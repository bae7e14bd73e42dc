/// Where a file name's stem ends and its extension begins.
struct FileNameParts {
  /// The offset of the dot before the extension; the name's end where there is none. A dot at the
  /// very beginning makes a name hidden, not an extension.
  let stemEnd: Int
  private let count: Int

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    count = bytes.count
    let dot = bytes.lastIndex(of: UInt8(ascii: ".")) ?? 0
    stemEnd = dot > 0 && dot + 1 < bytes.count ? dot : bytes.count
  }

  /// Whether the run is the whole extension and one that nobody takes apart: `mp3`, `7z`.
  func isShortExtension(_ run: Run) -> Bool {
    run.start == stemEnd + 1 && run.end == count && count - run.start <= 4
  }
}
