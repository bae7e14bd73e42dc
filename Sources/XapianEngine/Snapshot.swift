import SearchModel

/// One revision of an index, open for reading by one task at a time.
struct Snapshot: Sendable {
  let source: HeldManifest
  let parts: [Part]
  /// The shares whose records are left out.
  let hidden: Set<ShareLabel>

  var manifest: Manifest { source.manifest }

  /// Whether any record is.
  var hidesRecords: Bool { parts.contains { $0.hiding.count > 0 } }

  /// Opens what the manifest names, taking over parts that `previous`, of the same view, has open
  /// already.
  init(
    _ source: HeldManifest, in index: IndexFiles, hiding hidden: Set<ShareLabel>,
    reusing previous: Snapshot?
  ) throws(EngineError) {
    self.source = source
    self.hidden = hidden
    var parts: [Part] = []
    for description in source.manifest.parts {
      if let part = previous?.parts.first(where: { $0.description == description }) {
        parts.append(part)
      } else {
        parts.append(try Part(description, in: index, hiding: hidden))
      }
    }
    self.parts = parts
  }

  var totals: CollectionStatistics {
    CollectionStatistics(
      documentCount: parts.reduce(0) { $0 + $1.recordCount },
      totalLength: parts.reduce(0) { $0 + $1.totalLength })
  }
}
