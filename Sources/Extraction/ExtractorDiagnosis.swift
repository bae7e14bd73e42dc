/// One line of `nearfind doctor`: whether an extractor works on this machine.
public struct ExtractorDiagnosis: Hashable, Sendable, CustomStringConvertible {
  public var name: String
  /// Nil for a built-in extractor and for a plug-in whose manifest was refused.
  public var version: String?
  /// What is wrong; nil where it works.
  public var problem: String?
  /// What to type; nil where there is nothing to do or no one command.
  public var remedy: String?

  public init(builtIn extractor: any RecordExtractor) {
    name = extractor.name
  }

  public init(_ extractor: ExternalExtractor) {
    name = extractor.name
    version = extractor.manifest.version
    if case .unavailable(let reason, let command) = extractor.confinement {
      problem = reason
      remedy = command
      return
    }
    let missing = extractor.missingRequirements
    guard !missing.isEmpty else { return }
    problem = "missing: " + missing.map(\.program).joined(separator: ", ")
    let packages = Set(missing.compactMap(\.package)).sorted()
    if !packages.isEmpty { remedy = "apt-get install " + packages.joined(separator: " ") }
  }

  public init(_ refusal: PluginManifestError) {
    name = refusal.path
    problem = refusal.description
  }

  public var description: String {
    let title = version.map { "\(name) \($0)" } ?? name
    let state = problem ?? "available"
    return "\(title): \(state)" + (remedy.map { " (\($0))" } ?? "")
  }
}
