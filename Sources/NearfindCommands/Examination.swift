import Extraction
import Foundation
import Node
import SearchModel

/// Looks at all that Nearfind needs to work.
struct Examination {
  let directory: DataDirectory
  let environment: [String: String]
  /// Whether every byte of the index is looked at.
  var verifies = false

  /// Below this a person should know before a large folder is indexed.
  private static let scarceBytes: Int64 = 1_000_000_000

  func document() async -> DoctorDocument {
    var checks = [dataDirectory(), diskSpace(), catalog()]
    checks.append(await index())
    checks += await extractors()
    checks.append(watches())
    if let check = await ReachabilityExamination(directory: directory).check() {
      checks.append(check)
    }
    return DoctorDocument(checks: checks)
  }

  private func dataDirectory() -> DoctorDocument.Check {
    let subject = "data directory"
    let path = directory.path
    guard FileManager.default.fileExists(atPath: path) else {
      return .init(subject: subject, state: .fine, detail: "\(path), made when needed")
    }
    guard access(path, W_OK | X_OK) == 0 else {
      return .init(
        subject: subject, state: .broken, detail: "\(path) cannot be written",
        remedy: "make it yours, or choose another with --data DIR or NEARFIND_DATA")
    }
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let mode = (attributes?[.posixPermissions] as? Int) ?? 0o700
    guard mode & 0o077 == 0 else {
      return .init(
        subject: subject, state: .lacking, detail: "\(path) is open to other users",
        remedy: "chmod 700 '\(path)'")
    }
    return .init(subject: subject, state: .fine, detail: path)
  }

  /// A first index of many files needs some room; a full disk stops it, and loses nothing.
  private func diskSpace() -> DoctorDocument.Check {
    let subject = "disk space"
    var path = directory.path
    while !FileManager.default.fileExists(atPath: path), path != "/" {
      path = (path as NSString).deletingLastPathComponent
    }
    var status = statvfs()
    guard statvfs(path, &status) == 0 else {
      return .init(
        subject: subject, state: .lacking,
        detail: "\(path) cannot be asked: \(String(cString: strerror(errno)))")
    }
    let free = Int64(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
    let detail = "\(Wording.size(free)) free for the index"
    guard free < Self.scarceBytes else {
      return .init(subject: subject, state: .fine, detail: detail)
    }
    return .init(
      subject: subject, state: .lacking, detail: detail,
      remedy: "make room on the disk of \(path), or choose another with --data DIR")
  }

  private func catalog() -> DoctorDocument.Check {
    let subject = "catalog"
    do throws(CatalogError) {
      let status = try Composition.catalogForReading(directory).status(failureLimit: 0)
      let files = Wording.count(status.counts.files, "file")
      let folders = Wording.count(status.shares.count, "indexed folder")
      let isEmpty = status.shares.isEmpty
      return .init(
        subject: subject, state: .fine, detail: isEmpty ? "empty" : "\(files) in \(folders)",
        remedy: isEmpty ? "nearfind index FOLDER" : nil)
    } catch {
      switch error {
      case .missing:
        return .init(
          subject: subject, state: .fine, detail: "none yet", remedy: "nearfind index FOLDER")
      case .corrupted, .incompatible:
        let files = "'\(directory.path)'/catalog.sqlite*"
        return .init(
          subject: subject, state: .broken, detail: error.description,
          remedy: "rm \(files); nearfind index FOLDER")
      default:
        return .init(subject: subject, state: .broken, detail: error.description)
      }
    }
  }

  private func index() async -> DoctorDocument.Check {
    let subject = "index"
    do throws(EngineError) {
      let engine = try Composition.engineForReading(directory)
      let count = try await engine.statistics(for: .nothing).documentCount
      var detail = Wording.count(count, "record")
      guard verifies else {
        if let time = try await Composition.lastExamination(ofIndexIn: directory) {
          detail += ", looked through for damage \(Wording.timestamp(time))"
        }
        return count == 0 || hasFolders
          ? .init(subject: subject, state: .fine, detail: detail)
          : .init(
            subject: subject, state: .lacking, detail: detail + " that no catalog keeps up to date",
            remedy: "nearfind index FOLDER")
      }
      let faults = try await Composition.faults(ofIndexIn: directory)
      guard let first = faults.first else {
        return .init(subject: subject, state: .fine, detail: detail + ", every byte as written")
      }
      let more = faults.count > 1 ? ", and \(Wording.count(faults.count - 1, "more fault"))" : ""
      return .init(
        subject: subject, state: .broken, detail: first + more, remedy: "nearfind index --rebuild")
    } catch {
      switch error {
      case .missing:
        return hasFolders
          ? .init(
            subject: subject, state: .broken,
            detail: "there is none, and a catalog to make it from",
            remedy: "nearfind index")
          : .init(
            subject: subject, state: .fine, detail: "none yet", remedy: "nearfind index FOLDER")
      case .corrupted, .incompatible:
        return .init(
          subject: subject, state: .broken, detail: error.description,
          remedy: "nearfind index --rebuild")
      default:
        return .init(subject: subject, state: .broken, detail: error.description)
      }
    }
  }

  /// Whether the catalog knows folders, so that an index can be made without naming one.
  private var hasFolders: Bool {
    (try? Composition.catalogForReading(directory).shares().isEmpty) == false
  }

  private func extractors() async -> [DoctorDocument.Check] {
    let setup = await Composition.extractors(environment)
    return setup.diagnoses.map { diagnosis in
      let title = diagnosis.version.map { "\(diagnosis.name) \($0)" } ?? diagnosis.name
      return .init(
        subject: "extractor " + title, state: diagnosis.problem == nil ? .fine : .lacking,
        detail: diagnosis.problem ?? "available", remedy: diagnosis.remedy)
    }
  }

  private func watches() -> DoctorDocument.Check {
    let subject = "folder watches"
    let path = "/proc/sys/fs/inotify/max_user_watches"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8),
      let limit = Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
    else {
      return .init(
        subject: subject, state: .lacking, detail: "the system tells no limit of inotify",
        remedy: "run nearfind index now and then; --watch looks through folders in turn")
    }
    let probe = inotify_init1(0)
    guard probe >= 0 else {
      return .init(
        subject: subject, state: .lacking,
        detail: "no further one can be opened: \(String(cString: strerror(errno)))",
        remedy: "sysctl fs.inotify.max_user_instances=512")
    }
    close(probe)
    let needed = (try? Composition.catalogForReading(directory).status(failureLimit: 0).folderCount)
    let detail = "up to \(Wording.count(limit, "folder")) at once"
    guard let needed, needed > limit else {
      return .init(subject: subject, state: .fine, detail: detail)
    }
    return .init(
      subject: subject, state: .lacking,
      detail: detail
        + ", and \(Wording.grouped(needed)) are indexed: --watch looks at the rest now "
        + "and then",
      remedy: "sysctl fs.inotify.max_user_watches=\(max(524_288, needed * 2))")
  }
}
