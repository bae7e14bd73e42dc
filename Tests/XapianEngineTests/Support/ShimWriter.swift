internal import CXapian
import SearchModel

@testable import XapianEngine

/// Parts, written at the border itself.
enum ShimWriter {
  /// Writes a part from runs of these batches.
  ///
  /// - Parameter memoryLimit: how many bytes of postings may wait in memory.
  /// - Returns: the part's files, as the writer describes them.
  @discardableResult
  static func write(
    _ batches: [BatchBytes], to path: String, memoryLimit: Int = .max
  ) throws(EngineError) -> [Manifest.File] {
    var writer: OpaquePointer?
    defer { cxapian_writer_close(writer) }
    try calling(about: path) { cxapian_writer_open(path, memoryLimit, &writer, $0) }
    var firstDocument: UInt32 = 1
    for batch in batches {
      var run: OpaquePointer?
      defer { cxapian_run_free(run) }
      try calling(about: path) { error in
        batch.bytes.withCXapianBytes { cxapian_run_make($0, firstDocument, &run, error) }
      }
      try calling(about: path) { cxapian_writer_add(writer, run, $0) }
      firstDocument += UInt32(batch.documentCount)
    }
    var files: [Manifest.File] = []
    try withUnsafeMutablePointer(to: &files) { (files) throws(EngineError) in
      try calling(about: path) { error in
        cxapian_writer_finish(
          writer, files,
          { files, name, byteCount, checksum in
            files!.assumingMemoryBound(to: [Manifest.File].self).pointee.append(
              Manifest.File(
                name: String(cString: name!), byteCount: byteCount, checksum: checksum))
          }, error)
      }
    }
    return files
  }

  /// Writes a part of one batch by Xapian's own writer.
  ///
  /// - Parameter mostWaiting: postings in memory; 0 for Xapian's own limit.
  static func writePlainly(
    _ batch: BatchBytes, to path: String, mostWaiting: Int = 0
  ) throws(EngineError) {
    try calling(about: path) { error in
      batch.bytes.withCXapianBytes { cxapian_write_part_plainly(path, $0, mostWaiting, error) }
    }
  }
}
