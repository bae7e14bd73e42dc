internal import CXapian
import SearchModel

/// Finds damage that a search may not stumble over.
enum IndexVerification {
  static func faults(of manifest: Manifest, in index: IndexFiles) -> [String] {
    manifest.parts.flatMap { part in
      let changed = changes(of: part, in: index)
      // Xapian's own look makes no sense of files that are known to be wrong.
      let faults =
        removalFaults(of: part, in: index)
        + (changed.isEmpty ? structureFaults(of: index.part(part.name)) : changed)
      if !faults.isEmpty { markSuspect(part, in: index) }
      return faults
    }
  }

  /// Where a part's files are not what the manifest says of them, byte for byte.
  static func changes(of part: Manifest.Part, in index: IndexFiles) -> [String] {
    part.files.compactMap { fault(of: $0, in: index.part(part.name)) }
  }

  /// Compares the parts that nobody has looked at since a time.
  ///
  /// - Throws: ``SearchModel/EngineError/corrupted(path:reason:)`` at the first damage.
  static func examine(
    _ manifest: Manifest, in index: IndexFiles, unseenSince: Int64, now: Int64
  ) throws(EngineError) {
    var log = VerificationLog.load(from: index)
    for part in manifest.parts where log.time(of: part, in: index) < unseenSince {
      if let fault = changes(of: part, in: index).first {
        markSuspect(part, in: index)
        throw .corrupted(path: index.path, reason: fault)
      }
      log.note(part, at: now)
      try log.store(for: manifest, in: index)
    }
  }

  /// From now on whoever opens the part compares it first, so that nobody answers from it. Where
  /// that cannot be noted, those who look find the damage again.
  private static func markSuspect(_ part: Manifest.Part, in index: IndexFiles) {
    let mark = index.part(part.name) + "/" + cxapian_crash_mark_name
    try? FileAccess.replace(mark, with: [])
  }

  private static func fault(of file: Manifest.File, in folder: String) -> String? {
    let path = folder + "/" + file.name
    do {
      let found = try PartWriting.fingerprint(of: file.name, in: folder)
      return found == file ? nil : "\(path) has changed since it was written"
    } catch .missing {
      return "\(path) is gone"
    } catch {
      return "\(path): \(error)"
    }
  }

  private static func removalFaults(of part: Manifest.Part, in index: IndexFiles) -> [String] {
    do {
      _ = try Removals.load(for: part, in: index)
      return []
    } catch .corrupted(_, let reason) {
      return [reason]
    } catch {
      return ["\(error)"]
    }
  }

  private static func structureFaults(of folder: String) -> [String] {
    var count = 0
    var found = cxapian_error()
    let status = cxapian_check_part(folder, &count, &found)
    guard status != .ok || count > 0 else { return [] }
    return ["\(folder): \(count) faults (\(found.text))"]
  }
}
