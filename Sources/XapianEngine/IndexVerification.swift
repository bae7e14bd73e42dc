internal import CXapian
import SearchModel

/// Finds damage that a search may not stumble over.
enum IndexVerification {
  static func faults(of manifest: Manifest, in index: IndexFiles) -> [String] {
    manifest.parts.flatMap { part in
      let folder = index.part(part.name)
      let changed = part.files.compactMap { fault(of: $0, in: folder) }
      // Xapian's own look makes no sense of files that are known to be wrong.
      return changed.isEmpty ? structureFaults(of: folder) : changed
    }
  }

  private static func fault(of file: Manifest.File, in folder: String) -> String? {
    do {
      let found = try PartWriting.fingerprint(of: file.name, in: folder)
      return found == file ? nil : "\(folder)/\(file.name) has changed since it was written"
    } catch {
      return "\(folder)/\(file.name): \(error)"
    }
  }

  private static func structureFaults(of folder: String) -> [String] {
    var count = 0
    var found = cxapian_error()
    let status = cxapian_check_part(folder, &count, &found)
    guard status != .ok || count > 0 else { return [] }
    let reason = withUnsafeBytes(of: &found.message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return ["\(folder): \(count) faults (\(reason))"]
  }
}
