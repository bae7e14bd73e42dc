internal import CXapian
import SearchModel

/// Finds damage that a search may not stumble over.
enum IndexVerification {
  static func faults(of manifest: Manifest, in index: IndexFiles) -> [String] {
    manifest.parts.flatMap { part in
      let folder = index.part(part.name)
      let changed = part.files.compactMap { fault(of: $0, in: folder) }
      // Xapian's own look makes no sense of files that are known to be wrong.
      return removalFaults(of: part, in: index)
        + (changed.isEmpty ? structureFaults(of: folder) : changed)
    }
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
