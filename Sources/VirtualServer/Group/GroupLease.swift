/// Whether records may be taken: only while the lease of the group's epoch holds and the virtual
/// server is not draining. Searches are answered always. Pure: times are milliseconds of one steady
/// clock and come in as arguments.
struct GroupLease: Hashable, Sendable {
  let group: UInt64
  let epoch: UInt64
  /// Holds before this moment; nil before the first renewal.
  private(set) var end: Int64?
  private(set) var isDraining = false

  /// Served, but with no lease yet.
  init(group: UInt64, epoch: UInt64) {
    self.group = group
    self.epoch = epoch
  }

  /// The lease holds until `end`. A renewal of another epoch changes nothing: it was meant for a
  /// server that this one followed or will be.
  mutating func renew(epoch: UInt64, until end: Int64) {
    guard epoch == self.epoch else { return }
    // A shorter one that comes late does not end what was promised before.
    self.end = max(self.end ?? .min, end)
  }

  /// From now on no records are taken in this epoch, whatever renewals come.
  mutating func drain() {
    isDraining = true
  }

  /// Why no records are taken now; nil if they are.
  func refusal(now: Int64) -> StandingRefusal? {
    if isDraining { return .draining }
    guard let end, now < end else { return .noLease }
    return nil
  }
}
