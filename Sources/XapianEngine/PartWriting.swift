internal import CXapian
import SearchModel

/// Making parts: every function leaves complete files that are forced to the disk, or nothing.
enum PartWriting {
  /// Postings and positions that wait in memory for one part; Xapian takes some fifty bytes for each.
  private static let mostWaiting = 500_000

  /// Writes records, with text or without, as a new part.
  static func write(
    _ records: [Record], as name: String, in index: IndexFiles
  ) throws(EngineError) -> Manifest.Part {
    let batch = PackedBatch(records).bytes
    return try making(name, recordCount: records.count, in: index) { (path) throws(EngineError) in
      try calling(about: index.path) { error in
        batch.withCXapianBytes { cxapian_write_part_plainly(path, $0, mostWaiting, error) }
      }
    }
  }

  /// Forces a part that stands complete to the disk.
  static func synchronized(
    _ part: Manifest.Part, in index: IndexFiles
  ) throws(EngineError) -> Manifest.Part {
    let path = index.part(part.name)
    for file in part.files { try FileAccess.synchronize(path + "/" + file.name) }
    try FileAccess.synchronize(path)
    return part
  }

  /// Writes one part with the records of several, without those that were removed. The sources stay
  /// as they are.
  ///
  /// - Returns: nil when no record is left.
  static func merge(
    _ sources: [(part: Manifest.Part, removals: Removals)], as name: String, in index: IndexFiles
  ) throws(EngineError) -> Manifest.Part? {
    var paths: [String] = []
    var temporary: [String] = []
    defer { for path in temporary { FileAccess.discard(path) } }
    var recordCount = 0
    for (number, (part, removals)) in sources.enumerated() {
      let left = part.recordCount - removals.documents.count
      if left == 0 { continue }
      // What comes out gets checksums of its own: damage would be taken for what was meant.
      if let fault = IndexVerification.changes(of: part, in: index).first {
        throw .corrupted(path: index.path, reason: fault)
      }
      recordCount += left
      if removals.documents.isEmpty {
        paths.append(index.part(part.name))
        continue
      }
      let purged = index.part("\(name).purged-\(number)")
      temporary.append(purged)
      try merge([index.part(part.name)], to: purged, in: index)
      try calling(about: index.path) { error in
        removals.documents.withUnsafeBufferPointer {
          cxapian_remove_documents(purged, $0.baseAddress, $0.count, error)
        }
      }
      paths.append(purged)
    }
    if paths.isEmpty { return nil }
    return try making(name, recordCount: recordCount, in: index) { (path) throws(EngineError) in
      try merge(paths, to: path, in: index)
    }
  }

  private static func merge(
    _ sources: [String], to path: String, in index: IndexFiles
  ) throws(EngineError) {
    try withCStrings(sources) { (sources) throws(EngineError) in
      try calling(about: index.path) { error in
        cxapian_merge_parts(sources.baseAddress, sources.count, path, error)
      }
    }
  }

  private static func making(
    _ name: String, recordCount: Int, in index: IndexFiles,
    _ body: (String) throws(EngineError) -> Void
  ) throws(EngineError) -> Manifest.Part {
    let path = index.part(name)
    do {
      try body(path)
      let files = try sealed(path)
      return try synchronized(
        Manifest.Part(
          name: name, recordCount: recordCount, removals: nil, removedCount: 0, files: files),
        in: index)
    } catch {
      FileAccess.discard(path)
      throw error
    }
  }

  /// Adds the checksums of its blocks to a part that is complete.
  private static func sealed(_ path: String) throws(EngineError) -> [Manifest.File] {
    var files: [Manifest.File] = []
    try withUnsafeMutablePointer(to: &files) { (files) throws(EngineError) in
      try calling(about: path) { error in
        cxapian_seal_part(path, files, Manifest.File.append, error)
      }
    }
    return files.sorted { $0.name < $1.name }
  }

  /// The size and the checksum of a part's file.
  static func fingerprint(
    of file: String, in folder: String
  ) throws(EngineError) -> Manifest.File {
    var checksum: UInt64 = 0
    var byteCount: UInt64 = 0
    try calling(about: folder) {
      cxapian_file_checksum(folder + "/" + file, &checksum, &byteCount, $0)
    }
    return Manifest.File(name: file, byteCount: byteCount, checksum: checksum)
  }
}

extension Manifest.File {
  /// Adds a file that the shim describes to the list that `files` points to.
  static let append:
    @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, UInt64, UInt64) -> Void = {
      files, name, byteCount, checksum in
      files!.assumingMemoryBound(to: [Manifest.File].self).pointee.append(
        Manifest.File(name: String(cString: name!), byteCount: byteCount, checksum: checksum))
    }
}
