/// A term of an index in 64 bits, the same on every machine and in every version: what servers tell
/// each other of their terms. Two terms may share one, so it proves absence and never presence.
public struct TermFingerprint: Hashable, Sendable, Comparable {
  public let value: UInt64

  public init(_ value: UInt64) {
    self.value = value
  }

  /// Of a whole term: XXH64 of its UTF-8 bytes with seed 0.
  public init(term: UnsafeRawBufferPointer) {
    value = StableHash.value(of: term, seed: 0)
  }

  /// Of three Unicode scalars in a row inside a term: XXH64 of their UTF-8 bytes with seed 1, so
  /// that no trigram is taken for a term.
  public init(trigram: UnsafeRawBufferPointer) {
    value = StableHash.value(of: trigram, seed: 1)
  }

  public static func < (left: TermFingerprint, right: TermFingerprint) -> Bool {
    left.value < right.value
  }
}

/// The fingerprints of one revision of an index: of every term and trigram that a
/// ``TermRequirement`` can name. It may hold more than the records have, such as terms of records
/// that were removed, but never less.
public struct TermFingerprints: Hashable, Sendable {
  public let revision: Revision

  /// Ascending, without repetitions.
  public let values: [TermFingerprint]

  /// - Parameter values: in any order, repetitions allowed.
  public init(revision: Revision, _ values: some Sequence<TermFingerprint>) {
    self.revision = revision
    var distinct: [TermFingerprint] = []
    for value in values.sorted() where value != distinct.last { distinct.append(value) }
    self.values = distinct
  }

  /// The same under another name of the revision.
  public func named(_ revision: Revision) -> TermFingerprints {
    TermFingerprints(revision: revision, ascending: values)
  }

  private init(revision: Revision, ascending values: [TermFingerprint]) {
    self.revision = revision
    self.values = values
  }

  public func contains(_ fingerprint: TermFingerprint) -> Bool {
    var low = 0
    var high = values.count
    while low < high {
      let middle = (low + high) / 2
      if values[middle] < fingerprint { low = middle + 1 } else { high = middle }
    }
    return low < values.count && values[low] == fingerprint
  }
}
