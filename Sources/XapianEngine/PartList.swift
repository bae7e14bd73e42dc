internal import CXapian
import SearchModel

/// The parts of the next revision while a commit puts them together.
struct PartList {
  private struct Entry {
    var description: Manifest.Part
    var removals: Removals
    var removalsChanged = false
    /// Open while keys are looked up.
    var part: Part?
  }

  private let index: IndexFiles
  private var entries: [Entry] = []

  init(_ manifest: Manifest, in index: IndexFiles) throws(EngineError) {
    self.index = index
    for description in manifest.parts {
      let part = try Part(description, in: index)
      entries.append(Entry(description: description, removals: part.removals, part: part))
    }
  }

  mutating func append(_ part: Manifest.Part) {
    entries.append(Entry(description: part, removals: Removals()))
  }

  /// The keys of all records, with room for as many more.
  mutating func keyFilter() throws(EngineError) -> KeyFilter {
    let count = entries.reduce(0) { $0 + $1.description.recordCount }
    var filter = KeyFilter(capacity: 2 * count)
    for position in entries.indices { try opened(position).collectFingerprints(into: &filter) }
    return filter
  }

  /// Marks the record with this key as gone, wherever it is.
  mutating func remove(_ key: RecordKey) throws(EngineError) {
    for position in entries.indices {
      let part = try opened(position)
      if let document = try part.find(key), !entries[position].removals.contains(document) {
        let (terms, length) = try part.terms(of: document)
        entries[position].removals.insert(document, length: length, terms: terms)
        entries[position].removalsChanged = true
      }
    }
  }

  private mutating func opened(_ position: Int) throws(EngineError) -> Part {
    if let part = entries[position].part { return part }
    let part = try Part(entries[position].description, in: index)
    entries[position].part = part
    return part
  }

  /// Merges the parts of one batch, which were only written apart, and then as ``MergePolicy`` says
  /// until it is content.
  ///
  /// - Parameter batchCount: how many of the last parts the batch made.
  mutating func merge(
    batchCount: Int, naming nextName: () -> String
  ) throws(EngineError) {
    if batchCount > 1 {
      try merge(Array(entries.indices.suffix(batchCount)), as: nextName())
    }
    entries.removeAll { $0.description.recordCount == $0.removals.documents.count }
    while true {
      let chosen = MergePolicy.merge(
        recordCounts: entries.map(\.description.recordCount),
        removedCounts: entries.map(\.removals.documents.count))
      if chosen.isEmpty { return }
      try merge(chosen, as: nextName())
    }
  }

  private mutating func merge(_ chosen: [Int], as name: String) throws(EngineError) {
    let merged = try PartWriting.merge(
      chosen.map { (entries[$0].description, entries[$0].removals) }, as: name, in: index)
    for position in chosen.reversed() { entries.remove(at: position) }
    if let merged { entries.append(Entry(description: merged, removals: Removals())) }
  }

  /// Writes the lists of removed records that changed.
  ///
  /// - Returns: the parts as the next manifest names them.
  func stored(revision: Revision) throws(EngineError) -> [Manifest.Part] {
    var parts: [Manifest.Part] = []
    for entry in entries {
      var description = entry.description
      if entry.removalsChanged {
        let file = "\(description.name).removed-\(revision.number)"
        try FileAccess.replace(index.part(file), with: entry.removals.encoded)
        description.removals = file
        description.removedCount = entry.removals.documents.count
      }
      parts.append(description)
    }
    return parts
  }
}
