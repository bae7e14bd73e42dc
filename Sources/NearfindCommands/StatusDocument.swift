import Foundation
import Node
import SearchModel

/// What is indexed: the JSON document of `nearfind status --json`, and the same for people.
struct StatusDocument: Codable, Hashable {
  struct Folder: Codable, Hashable {
    /// Absolute.
    var path: String
    /// How records call it: the first component of their directories.
    var name: String
    var files: Int
    var bytes: Int64
    var contentRead: Int
    var contentPending: Int
    var contentUnreadable: Int
    /// Left out before the first whole look.
    var lastScan: String?
    /// Why it cannot be looked at now; left out when it can.
    var absence: String?
  }

  struct Index: Codable, Hashable {
    var path: String
    var records: Int
    var revision: UInt64
    /// On the disk.
    var bytes: Int64
    /// Changes of the catalog that are not in the index yet.
    var pendingChanges: Int64
    /// Since when no byte has gone without being written or compared; left out without a record.
    var examined: String?
  }

  struct Failure: Codable, Hashable {
    var path: String
    var reason: String
  }

  var version = 1
  var dataDirectory: String
  var folders: [Folder] = []
  /// Left out where there is none.
  var index: Index?
  /// Why the index cannot be searched; left out when it can.
  var indexProblem: String?
  /// What runs here; left out where nothing does.
  var daemon: DaemonStatus?
  /// Some of the files whose content could not be read.
  var failures: [Failure] = []

  /// - Throws: ``Node/CatalogError`` and ``SearchModel/EngineError``, but not for a catalog or an
  ///   index that is not there yet.
  init(of directory: DataDirectory) async throws {
    dataDirectory = directory.path
    daemon = try? await LocalClient.connect(dataDirectory: directory.path)?.status()
    var pendingChanges: Int64 = 0
    do throws(CatalogError) {
      let status = try Composition.catalogForReading(directory).status(failureLimit: 20)
      folders = status.shares.map { Folder($0.share, $0.counts) }
      failures = status.failures.map { Failure(path: $0.path.text, reason: $0.reason) }
      pendingChanges = status.lastSequence - status.publishedSequence
    } catch {
      guard case .missing = error else { throw error }
    }
    do throws(EngineError) {
      let engine = try Composition.engineForReading(directory)
      index = Index(
        path: directory.indexPath,
        records: try await engine.statistics(for: .nothing).documentCount,
        revision: try await engine.revision().number,
        bytes: Self.byteCount(below: directory.indexPath), pendingChanges: pendingChanges,
        examined: try await Composition.lastExamination(ofIndexIn: directory)
          .map(Wording.timestamp))
    } catch {
      switch error {
      case .missing: break
      case .corrupted, .incompatible: indexProblem = error.description
      default: throw error
      }
    }
  }

  /// What the files below a folder take on the disk; a file that goes meanwhile counts for nothing.
  private static func byteCount(below path: String) -> Int64 {
    let keys: Set<URLResourceKey> = [.totalFileAllocatedSizeKey, .fileSizeKey]
    let files = FileManager.default.enumerator(
      at: URL(fileURLWithPath: path), includingPropertiesForKeys: Array(keys))
    var sum: Int64 = 0
    while let url = files?.nextObject() as? URL {
      let values = try? url.resourceValues(forKeys: keys)
      sum += Int64(values?.fileSize ?? 0)
    }
    return sum
  }

  /// For people; not yet safe to print.
  var lines: [String] {
    guard let daemon else { return indexLines }
    return indexLines + [""] + daemon.lines
  }

  private var indexLines: [String] {
    guard !folders.isEmpty || indexProblem != nil else {
      guard let index, index.records > 0 else {
        return ["Nothing is indexed yet. Begin with: nearfind index FOLDER"]
      }
      return [
        "No folder is indexed, and an index of \(Wording.count(index.records, "record")) is left "
          + "at \(index.path).",
        "Name the folders again: nearfind index FOLDER",
      ]
    }
    var lines: [String] = []
    for folder in folders {
      lines.append(folder.path)
      lines.append(
        "    \(Wording.count(folder.files, "file")), \(Wording.size(folder.bytes)); "
          + folder.contentState)
      if let lastScan = folder.lastScan { lines.append("    last looked through: \(lastScan)") }
      if let absence = folder.absence {
        lines.append("    not there now: \(absence)")
        lines.append("    to take it out of the index: nearfind forget '\(folder.path)'")
      }
    }
    if let index {
      lines.append("")
      lines.append(
        "index: \(Wording.count(index.records, "record")), \(Wording.size(index.bytes)), "
          + (index.pendingChanges == 0
            ? "up to date"
            : "\(Wording.count(Int(index.pendingChanges), "change")) behind the catalog")
          + ", at \(index.path)")
      if let examined = index.examined {
        lines.append("    looked through for damage: \(examined)")
      }
    } else if let indexProblem {
      lines += ["", indexProblem]
    } else {
      lines += ["", "There is no index. Make it again from the catalog with: nearfind index"]
    }
    if !failures.isEmpty {
      lines.append("")
      lines.append("Content that could not be read:")
      lines += failures.map { "    \($0.path): \($0.reason)" }
    }
    return lines
  }
}

extension StatusDocument.Folder {
  fileprivate init(_ share: Share, _ counts: CatalogStatus.Counts) {
    self.init(
      path: share.root.text, name: share.name, files: counts.files, bytes: counts.bytes,
      contentRead: counts.done, contentPending: counts.pending, contentUnreadable: counts.failed,
      lastScan: share.lastScan.map(Wording.timestamp), absence: share.absence)
  }

  fileprivate var contentState: String {
    var parts = ["content read of \(Wording.grouped(contentRead))"]
    if contentPending > 0 { parts.append("\(Wording.grouped(contentPending)) to be read") }
    if contentUnreadable > 0 { parts.append("\(Wording.grouped(contentUnreadable)) unreadable") }
    return parts.joined(separator: ", ")
  }
}
