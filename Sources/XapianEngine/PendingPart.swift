import SearchModel

/// A part of an uncommitted batch that other threads write.
///
/// The writer adds to it from one thread, and nobody sees it before a manifest names it.
protocol PendingPart: AnyObject {
  /// What the part's runs put or removed.
  var keys: [ChangedKey] { get set }

  /// Whether ``result()`` would throw already now, so that nobody need go on. False says nothing.
  var hasFailed: Bool { get }

  /// Waits until the part is complete and on the disk.
  ///
  /// - Returns: nil when there was nothing to write.
  func result() throws(EngineError) -> Manifest.Part?

  /// Waits until nothing is written any more; what was written is of no use.
  func abandon()
}
