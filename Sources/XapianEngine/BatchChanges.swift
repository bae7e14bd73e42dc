import SearchModel

/// A key that a batch puts or removes.
struct ChangedKey {
  var key: RecordKey
  var fingerprint: UInt64
  /// Whether an earlier run of the same batch may hold it too.
  var isRepeated: Bool
}

/// Changes of a batch that are written together, one for each key.
struct ChangeRun {
  var records: [Record] = []
  var keys: [ChangedKey] = []

  /// Texts have positions, which a part keeps in another way.
  var holdsText: Bool { records.contains { !$0.text.isEmpty } }
  var repeatsKeys: Bool { keys.contains { $0.isRepeated } }
}

/// The changes that wait to be written, and which keys the batch has written already.
struct BatchChanges {
  private var changes: [RecordChange] = []
  /// Where each key's change stands in `changes`.
  private var places: [RecordKey: Int] = [:]
  private(set) var writtenKeys = KeyFingerprints()
  /// The number of the next part, once the batch has made one.
  var nextNumber: Int?

  /// Of the text in all changes that wait.
  private(set) var byteCount = 0
  var count: Int { changes.count }

  /// The change takes the place of an earlier one of its key that still waits.
  mutating func note(_ change: RecordChange) {
    if case .put(let record) = change { byteCount += record.textByteCount }
    if let place = places.updateValue(changes.count, forKey: change.key) {
      places[change.key] = place
      changes[place] = change
    } else {
      changes.append(change)
    }
  }

  /// What waits, and waits no more.
  mutating func takeRun() -> ChangeRun {
    var run = ChangeRun()
    run.keys.reserveCapacity(changes.count)
    for change in changes {
      let fingerprint = KeyFingerprints.fingerprint(of: change.key)
      let isRepeated = !writtenKeys.insert(fingerprint)
      run.keys.append(
        ChangedKey(key: change.key, fingerprint: fingerprint, isRepeated: isRepeated))
      if case .put(let record) = change { run.records.append(record) }
    }
    changes.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    byteCount = 0
    return run
  }
}

extension Record {
  /// The bytes of all its text in UTF-8.
  fileprivate var textByteCount: Int {
    filename.utf8.count + directory.utf8.count + title.utf8.count + text.utf8.count
      + keywords.reduce(0) { $0 + $1.utf8.count }
  }
}
