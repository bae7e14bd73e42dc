import Placement

/// Whether this central server may answer nodes. Pure: times come in, in milliseconds of a steady
/// clock.
struct Leading: Sendable {
  /// The present term; nil while another leads, or nobody.
  private(set) var term: Term?
  /// Who leads instead, as far as is known.
  private(set) var leader: Leader?
  /// Until when nobody else can have taken over.
  private var trustedUntil: Int64 = .min
  /// How long after it was last confirmed a leadership is trusted in. Less than the time after which
  /// the store lets another take over, so that there are never two who answer.
  private let trust: Int64

  /// - Parameter patience: how long the store waits for a silent leader.
  init(patience: Int64) {
    trust = patience * 4 / 5
  }

  func canAnswer(at time: Int64) -> Bool { term != nil && time < trustedUntil }

  mutating func begin(_ term: Term, askedAt time: Int64) {
    self.term = term
    leader = nil
    trustedUntil = time + trust
  }

  /// The store has taken this leader's word: what was asked for at `time` was done.
  mutating func confirm(_ term: Term, askedAt time: Int64) {
    if term == self.term { trustedUntil = max(trustedUntil, time + trust) }
  }

  mutating func end(leader: Leader?) {
    term = nil
    self.leader = leader
  }
}
