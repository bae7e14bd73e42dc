internal import CXapian
import Foundation
import SearchModel

/// Xapian as its documentation shows, over the same terms: what the engine is measured against.
public enum PlainXapian {
  /// Records analyzed and packed, ready for the loop.
  public struct Batch: Sendable {
    fileprivate let bytes: [UInt8]

    public init(_ records: [Record]) {
      bytes = PackedBatch(records).bytes
    }
  }

  /// Adds the documents to the database in a folder, one by one, and commits.
  public static func index(_ batch: Batch, in folder: String) throws(EngineError) {
    try calling(about: folder) { error in
      batch.bytes.withCXapianBytes { cxapian_write_part_plainly(folder, $0, 0, error) }
    }
  }

  public enum QueryKind: Sendable {
    case all
    case any
    /// Of one beginning.
    case prefix
  }

  /// Searches the parts of an engine's index with Xapian's own matcher and weights.
  ///
  /// - Returns: the seconds that it took with the databases open, and how many hits there were.
  public static func search(
    index directory: String, kind: QueryKind, terms: [String], limit: Int
  ) throws(EngineError) -> (seconds: Double, hits: Int) {
    let files = IndexFiles(path: directory)
    let paths = try Manifest.load(from: files).parts.map { files.part($0.name) }
    let shimKind: cxapian_plain_query =
      switch kind {
      case .all: .all
      case .any: .any
      case .prefix: .prefix
      }
    var seconds = 0.0
    var hits = 0
    try withCStrings(paths) { (paths) throws(EngineError) in
      try withCStrings(terms) { (terms) throws(EngineError) in
        try calling(about: directory) { error in
          cxapian_plain_search(
            paths.baseAddress, paths.count, shimKind, terms.baseAddress, terms.count, limit,
            &seconds, &hits, error)
        }
      }
    }
    return (seconds, hits)
  }
}

/// The strings as C has them, for the duration of a call.
func withCStrings<Result>(
  _ strings: [String],
  _ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) throws(EngineError) -> Result
) throws(EngineError) -> Result {
  let copies = strings.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  return try copies.map { UnsafePointer($0) }.withUnsafeBufferPointer {
    (pointers) throws(EngineError) -> Result in
    try body(pointers)
  }
}
