import Foundation
import SearchModel

/// What an index consists of at one revision. The file is replaced as a whole, so it is the point
/// at which a commit happens: whatever it does not name does not exist.
struct Manifest: Codable, Equatable {
  /// One part, immutable from the moment that a manifest names it.
  struct Part: Codable, Equatable {
    /// The folder's name below `parts`.
    var name: String
    /// Records that the part holds, removed ones included.
    var recordCount: Int
    /// The file below `parts` that says which records are removed; nil when none is.
    var removals: String?
    var removedCount: Int
    /// The part's files, for telling damage.
    var files: [File]
  }

  struct File: Codable, Equatable {
    var name: String
    var byteCount: UInt64
    var checksum: UInt64
  }

  /// The version of the layout. It grows with every change that an older program cannot read.
  static let supportedFormat = 2

  var format = Manifest.supportedFormat
  var revision = Revision(0)
  var parts: [Part] = []
  var notes: [String: String] = [:]
  /// Numbers the folders and files of parts; never used twice.
  var nextNumber = 1

  static func load(from index: IndexFiles) throws(EngineError) -> Manifest {
    try decoded(FileAccess.contents(of: index.manifest, missing: index.path), of: index)
  }

  /// The manifest that the file's bytes are.
  static func decoded(_ data: Data, of index: IndexFiles) throws(EngineError) -> Manifest {
    let lines = data.split(separator: newline, maxSplits: 1, omittingEmptySubsequences: false)
    let decoder = JSONDecoder()
    struct Format: Codable { var format: Int }
    guard let format = try? decoder.decode(Format.self, from: lines[0]) else {
      throw .corrupted(path: index.path, reason: "its manifest cannot be read")
    }
    // Whatever another format looks like, its first line tells what it is.
    guard format.format == supportedFormat else {
      throw .incompatible(
        path: index.path, found: "\(format.format)", supported: "\(supportedFormat)")
    }
    guard lines.count == 2, lines[1].elementsEqual(seal(of: lines[0])),
      let manifest = try? decoder.decode(Manifest.self, from: lines[0])
    else {
      throw .corrupted(path: index.path, reason: "its manifest has changed since it was written")
    }
    return manifest
  }

  /// Makes this the index's state, durably.
  func store(in index: IndexFiles) throws(EngineError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    // Numbers and strings alone: encoding cannot fail.
    let line = try! encoder.encode(self)
    try FileAccess.replace(index.manifest, with: line + [Self.newline] + Self.seal(of: line))
  }

  private static let newline = UInt8(ascii: "\n")

  /// The second line: the checksum of the first, in hexadecimal.
  private static func seal(of line: Data) -> [UInt8] {
    Array("\"\(String(Checksum.of(line), radix: 16))\"\n".utf8)
  }
}

/// Where an index keeps what.
struct IndexFiles: Sendable {
  let path: String

  var manifest: String { path + "/manifest.json" }
  var verificationLog: String { path + "/verified.json" }
  var lock: String { path + "/lock" }
  var parts: String { path + "/parts" }

  func part(_ name: String) -> String { parts + "/" + name }
}
