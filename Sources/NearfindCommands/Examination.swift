import Extraction
import Foundation
import Node
import SearchModel

/// Looks at all that Nearfind needs to work.
struct Examination {
  let directory: DataDirectory
  let environment: [String: String]

  func document() async -> DoctorDocument {
    var checks = [dataDirectory(), catalog()]
    checks.append(await index())
    checks += await extractors()
    checks.append(watches())
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

  private func catalog() -> DoctorDocument.Check {
    let subject = "catalog"
    do throws(CatalogError) {
      let counts = try Composition.catalogForReading(directory).status(failureLimit: 0).counts
      return .init(subject: subject, state: .fine, detail: Wording.count(counts.files, "file"))
    } catch {
      if case .missing = error {
        return .init(
          subject: subject, state: .fine, detail: "none yet", remedy: "nearfind index FOLDER")
      }
      return .init(subject: subject, state: .broken, detail: error.description)
    }
  }

  private func index() async -> DoctorDocument.Check {
    let subject = "index"
    do throws(EngineError) {
      let engine = try Composition.engineForReading(directory)
      let count = try await engine.statistics(for: .nothing).documentCount
      return .init(subject: subject, state: .fine, detail: Wording.count(count, "record"))
    } catch {
      switch error {
      case .missing:
        return .init(
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
    return .init(
      subject: subject, state: .fine, detail: "up to \(Wording.count(limit, "folder")) at once")
  }
}
