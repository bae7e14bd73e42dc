internal import CXapian
import SearchModel

/// An open part. One thread uses it at a time.
///
/// `@unchecked Sendable`: a part is handed from thread to thread by ``SnapshotPool``, which lends
/// it to one search at a time; a search over many parts gives each part to one thread.
final class Part: @unchecked Sendable {
  let path: String
  let description: Manifest.Part
  let removals: Removals
  let handle: OpaquePointer

  /// - Throws: ``EngineError/corrupted(path:reason:)`` where files are gone or of another size, or
  ///   contradict the manifest. Every byte is looked at when a process crashed reading the part or
  ///   met with damage; otherwise each block is checked when it is read.
  init(_ description: Manifest.Part, in index: IndexFiles) throws(EngineError) {
    let path = index.part(description.name)
    try Self.checkFiles(of: description, in: index)
    let removals = try Removals.load(for: description, in: index)
    var opened: OpaquePointer?
    do {
      try calling(about: index.path) { error in
        removals.documents.withUnsafeBufferPointer { numbers in
          cxapian_part_open(path, numbers.baseAddress, numbers.count, &opened, error)
        }
      }
    } catch .missing {
      throw .corrupted(path: index.path, reason: "\(path) is gone")
    }
    guard let opened else {
      throw .corrupted(path: index.path, reason: "\(path) cannot be opened")
    }
    self.path = path
    self.description = description
    self.removals = removals
    handle = opened
  }

  private static func checkFiles(
    of description: Manifest.Part, in index: IndexFiles
  ) throws(EngineError) {
    let folder = index.part(description.name)
    // Somebody crashed while reading this part, or met with damage: nothing is believed unread.
    let mark = folder + "/" + cxapian_crash_mark_name
    let isSuspect = FileAccess.identity(of: mark) != nil
    for file in description.files {
      guard let found = FileAccess.identity(of: folder + "/" + file.name) else {
        throw .corrupted(path: index.path, reason: "\(folder)/\(file.name) is gone")
      }
      var isSame = found.byteCount == file.byteCount
      // The version file has no blocks, and is believed in what it says of the totals.
      if isSame && (isSuspect || file.name == "iamglass") {
        isSame = try PartWriting.fingerprint(of: file.name, in: folder) == file
      }
      if !isSame {
        throw .corrupted(
          path: index.path, reason: "\(folder)/\(file.name) has changed since it was written")
      }
    }
    if isSuspect { FileAccess.discard(mark) }
  }

  deinit { cxapian_part_close(handle) }

  /// Records that are not removed.
  var recordCount: Int {
    Int(cxapian_part_totals(handle).document_count) - removals.documents.count
  }

  var totalLength: Int { Int(cxapian_part_totals(handle).total_length - removals.totalLength) }

  /// - Returns: the document's number, nil where there is none.
  func find(_ key: RecordKey) throws(EngineError) -> UInt32? {
    var document: UInt32 = 0
    try calling(about: path) { error in
      Array(key.value.utf8).withCXapianBytes { cxapian_part_find(handle, $0, &document, error) }
    }
    return document == 0 ? nil : document
  }

  /// Adds the fingerprints of all keys, removed ones included.
  func collectFingerprints(into fingerprints: inout KeyFingerprints) throws(EngineError) {
    try withUnsafeMutablePointer(to: &fingerprints) { (list) throws(EngineError) in
      try calling(about: path) { error in
        cxapian_part_fingerprints(
          handle, list,
          { context, fingerprint in
            context!.assumingMemoryBound(to: KeyFingerprints.self).pointee
              .insert(KeyFingerprints.place(fingerprint))
          }, error)
      }
    }
  }

  func record(_ number: UInt32) throws(EngineError) -> Record {
    let document = try document(number)
    guard let record = StoredRecord.record(of: document) else {
      throw .corrupted(path: path, reason: "a stored record cannot be read")
    }
    return record
  }

  func record(of hit: SnapshotSearch.Candidate) throws(EngineError) -> Record {
    var data = cxapian_bytes()
    try calling(about: path) { cxapian_part_data(handle, hit.document, &data, $0) }
    guard let record = StoredRecord.record(of: hit, data: data) else {
      throw .corrupted(path: path, reason: "a stored record cannot be read")
    }
    return record
  }

  /// The terms of a document except its key's, and the document's length.
  func terms(of number: UInt32) throws(EngineError) -> (terms: [String], length: UInt32) {
    var terms: [String] = []
    try withUnsafeMutablePointer(to: &terms) { (list) throws(EngineError) in
      try calling(about: path) { error in
        cxapian_part_document_terms(
          handle, number, list,
          { context, term, _ in
            // Keys are found by their terms, but nobody asks how frequent they are.
            if term.buffer.first == UInt8(ascii: "Q") { return }
            context!.assumingMemoryBound(to: [String].self).pointee.append(term.text)
          }, error)
      }
    }
    return (terms, try document(number).length)
  }

  /// Calls `visit` for each term of a family that a record still has.
  func visitTerms(
    _ kind: cxapian_terms, _ text: String, _ visit: (String, Int) -> Void
  ) throws(EngineError) {
    try withoutActuallyEscaping(visit) { (visit) throws(EngineError) in
      var context = TermVisit(removals: removals, visit: visit)
      try withUnsafeMutablePointer(to: &context) { (context) throws(EngineError) in
        try calling(about: path) { error in
          Array(text.utf8).withCXapianBytes { bytes in
            cxapian_part_terms(
              handle, kind, bytes, context,
              { context, term, frequency in
                let visit = context!.assumingMemoryBound(to: TermVisit.self).pointee
                let text = term.text
                let left = Int(frequency) - Int(visit.removals.documentFrequencies[text] ?? 0)
                if left > 0 { visit.visit(text, left) }
              }, error)
          }
        }
      }
    }
  }

  /// Calls `visit` with the bytes of each term that starts so, in byte order, those that only removed
  /// records have included. Without a start it leaves the namespaces out.
  func visitTermBytes(
    startingWith start: [UInt8], _ visit: (UnsafeBufferPointer<UInt8>) -> Void
  ) throws(EngineError) {
    try withoutActuallyEscaping(visit) { (visit) throws(EngineError) in
      var visit = visit
      try withUnsafeMutablePointer(to: &visit) { (context) throws(EngineError) in
        try calling(about: path) { error in
          start.withCXapianBytes { bytes in
            cxapian_part_terms(
              handle, .prefix, bytes, context,
              { context, term, _ in
                context!.assumingMemoryBound(to: ((UnsafeBufferPointer<UInt8>) -> Void).self)
                  .pointee(term.buffer)
              }, error)
          }
        }
      }
    }
  }

  private struct TermVisit {
    let removals: Removals
    let visit: (String, Int) -> Void
  }

  func match(
    _ plan: Plan, _ options: UnsafePointer<cxapian_match_options>,
    _ callbacks: UnsafePointer<cxapian_callbacks>
  ) throws(EngineError) -> cxapian_match_result {
    var result = cxapian_match_result()
    try calling(about: path) { error in
      plan.bytes.withCXapianBytes {
        cxapian_part_match(handle, $0, options, callbacks, &result, error)
      }
    }
    return result
  }

  /// - Returns: nil where the plan does not match the document.
  func weigh(
    _ plan: Plan, _ number: UInt32, _ options: UnsafePointer<cxapian_match_options>,
    _ callbacks: UnsafePointer<cxapian_callbacks>
  ) throws(EngineError) -> (weight: Double, occurrences: FieldOccurrences)? {
    var matches = false
    var weight = 0.0
    var occurrences: UInt8 = 0
    try calling(about: path) { error in
      plan.bytes.withCXapianBytes {
        cxapian_part_weigh(
          handle, $0, options, callbacks, number, &matches, &weight, &occurrences, error)
      }
    }
    return matches ? (weight, FieldOccurrences(rawValue: occurrences)) : nil
  }

  private func document(_ number: UInt32) throws(EngineError) -> cxapian_document {
    var document = cxapian_document()
    try calling(about: path) { cxapian_part_document(handle, number, &document, $0) }
    return document
  }
}
