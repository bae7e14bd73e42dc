/// A folder of a share.
struct SharedFolder: Hashable, Sendable {
  /// The share's number.
  let share: Int64
  /// Below the share.
  let path: PathBytes
}
