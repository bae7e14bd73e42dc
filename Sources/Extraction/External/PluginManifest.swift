import Foundation

/// A plug-in's `plugin.json`, checked:
///
///     {
///       "name": "pdf", "version": "1.0",
///       "matches": {"extensions": ["pdf"], "media_types": ["application/pdf"]},
///       "command": ["./extract"],
///       "timeout_s": 20, "max_output_bytes": 2000000, "max_memory_mb": 1024,
///       "requires": [{"program": "pdftotext", "package": "poppler-utils"}]
///     }
///
/// `command` is a program and its arguments, or a program alone; what begins with `./` lies in the
/// plug-in's folder. The file's absolute path is added as the last argument. `max_memory_mb` and
/// `requires` may be left out; `package` too.
public struct PluginManifest: Hashable, Sendable {
  public var name: String
  public var version: String
  public var matches: FileMatch
  public var command: [String]
  /// Wall time in seconds.
  public var timeout: Double
  public var maximumOutputByteCount: Int
  /// The address space of each of its processes, in MiB.
  public var maximumMemory: Int
  public var requirements: [Requirement]

  /// A program that must be installed.
  public struct Requirement: Hashable, Sendable {
    public var program: String
    /// The Debian package that has it.
    public var package: String?

    public init(program: String, package: String? = nil) {
      self.program = program
      self.package = package
    }
  }

  public static let fileName = "plugin.json"

  static let standardMemory = 1024
  private static let timeouts = 0.1...600.0
  private static let outputs = 1024...(64 << 20)
  private static let memories = 16...65_536

  /// - Parameters:
  ///   - json: the file's bytes.
  ///   - path: where they come from, for messages.
  /// - Throws: ``PluginManifestError`` for the first thing that is wrong.
  public init(json: Data, path: String) throws(PluginManifestError) {
    let object = try ManifestObject(json: json, path: path)
    name = try object.text("name", expected: "a name of letters, digits and hyphens") {
      $0.utf8.count <= 64
        && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
    }
    version = try object.text("version", expected: "a version such as \"1.0\"") {
      $0.utf8.count <= 64
    }
    matches = try Self.matches(object.object("matches"))
    let command = try object.texts(
      "command", expected: "a program, or a list of it and its arguments")
    try object.check(
      "command", expected: "a program in the folder (./NAME) or an absolute path"
    ) {
      command.first.map { $0.hasPrefix("./") || $0.hasPrefix("/") } ?? false
    }
    self.command = command
    timeout = try object.number(
      "timeout_s", within: Self.timeouts, expected: "seconds between 0.1 and 600")
    maximumOutputByteCount = Int(
      try object.number(
        "max_output_bytes",
        within: Double(Self.outputs.lowerBound)...Double(Self.outputs.upperBound),
        expected: "bytes between 1024 and 67108864"))
    maximumMemory = Int(
      try object.number(
        "max_memory_mb",
        within: Double(Self.memories.lowerBound)...Double(Self.memories.upperBound),
        expected: "MiB between 16 and 65536", absent: Double(Self.standardMemory)))
    requirements = try Self.requirements(object)
  }

  private static func matches(_ object: ManifestObject) throws(PluginManifestError) -> FileMatch {
    let extensions = try object.texts(
      "extensions", expected: "a list of extensions without a dot", absent: [])
    let mediaTypes = try object.texts(
      "media_types", expected: "a list of media types", absent: [])
    try object.check("extensions", expected: "extensions without a dot") {
      extensions.allSatisfy { !$0.hasPrefix(".") && !$0.contains("/") }
    }
    try object.check("media_types", expected: "media types such as \"application/pdf\"") {
      mediaTypes.allSatisfy { $0.contains("/") }
    }
    try object.check("extensions", expected: "at least one extension or media type") {
      !(extensions.isEmpty && mediaTypes.isEmpty)
    }
    return FileMatch(
      fileExtensions: Set(extensions.map { $0.lowercased() }),
      mediaTypes: Set(mediaTypes.map { $0.lowercased() }))
  }

  private static func requirements(
    _ object: ManifestObject
  ) throws(PluginManifestError) -> [Requirement] {
    var requirements: [Requirement] = []
    for entry in try object.objects("requires") {
      let program = try entry.text("program", expected: "a program's name without a path") {
        !$0.contains("/")
      }
      let package =
        entry.has("package")
        ? try entry.text("package", expected: "a Debian package's name") { _ in true } : nil
      requirements.append(Requirement(program: program, package: package))
    }
    return requirements
  }
}

/// What is wrong with a plug-in's manifest. The plug-in is left out; the others work.
public struct PluginManifestError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The manifest's path.
  public var path: String
  /// The field, with the fields around it (`matches.extensions`); nil when it is the file itself.
  public var field: String?
  public var expected: String

  public var description: String {
    let place = field.map { "\(path): the field \"\($0)\"" } ?? path
    return "\(place) should be \(expected). The plug-in is not used."
  }
}
