/// The order in which contents are read: small files before large ones, and among files of about
/// the same size the newest first. Most records are whole soon, and one huge file holds up nobody.
enum ContentQueue {
  /// A number that is lower the earlier the file's turn is. Not negative.
  static func place(of status: FileStatus) -> Int64 {
    let magnitude = Int64(64 - max(status.size, 0).leadingZeroBitCount)
    let seconds = min(max(status.modified / 1_000_000_000, 0), (1 << 40) - 1)
    return magnitude << 40 | ((1 << 40) - 1 - seconds)
  }
}
