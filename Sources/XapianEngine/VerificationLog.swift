import Foundation
import SearchModel

/// When each part was last compared with what the manifest says of it, in seconds since 1970. Kept
/// beside the manifest and worth no more than the time that looking again takes: a log that cannot
/// be read is an empty one.
struct VerificationLog: Codable {
  private var times: [String: Int64] = [:]

  static func load(from index: IndexFiles) -> VerificationLog {
    guard let data = FileManager.default.contents(atPath: index.verificationLog),
      let log = try? JSONDecoder().decode(VerificationLog.self, from: data)
    else { return VerificationLog() }
    return log
  }

  /// Keeps the times of the parts that the manifest names.
  func store(for manifest: Manifest, in index: IndexFiles) throws(EngineError) {
    var kept = self
    let names = Set(manifest.parts.map(\.name))
    kept.times = times.filter { names.contains($0.key) }
    // Numbers and strings alone: encoding cannot fail.
    let data = try! JSONEncoder().encode(kept)
    try FileAccess.replace(index.verificationLog, with: Array(data))
  }

  /// When somebody last looked at all of a part: when it was written, if nobody did since.
  func time(of part: Manifest.Part, in index: IndexFiles) -> Int64 {
    let written = FileAccess.identity(of: index.part(part.name) + "/iamglass")?.seconds ?? 0
    return max(written, times[part.name] ?? 0)
  }

  mutating func note(_ part: Manifest.Part, at time: Int64) { times[part.name] = time }
}
