import SearchModel

/// One revision of an index, open for reading by one task at a time.
struct Snapshot: Sendable {
  let source: HeldManifest
  let parts: [Part]

  var manifest: Manifest { source.manifest }

  /// Opens what the manifest names, taking over parts that `previous` has open already.
  init(
    _ source: HeldManifest, in index: IndexFiles, reusing previous: Snapshot?
  ) throws(EngineError) {
    self.source = source
    var parts: [Part] = []
    for description in source.manifest.parts {
      if let part = previous?.parts.first(where: { $0.description == description }) {
        parts.append(part)
      } else {
        parts.append(try Part(description, in: index))
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
