import Foundation

/// An extractor that is a program: run once a file, confined (see ``Confinement``) and limited in
/// wall time, processor time, memory, output, processes and temporary space.
///
/// The program gets the file's absolute path as its last argument and prints one JSON object
/// `{"title": …, "keywords": […], "text": …}`, any of the three left out where there is none.
/// Whatever else it does costs the content of that file.
public struct ExternalExtractor: RecordExtractor {
  public let manifest: PluginManifest
  /// The plug-in's folder, absolute and without links.
  public let folder: String
  public let confinement: Confinement

  public var name: String { manifest.name }
  public var matches: FileMatch { manifest.matches }

  /// The largest file that is handed over as a copy where the program may not open it itself.
  private static let maximumCopyByteCount: Int64 = 64 << 20

  /// - Parameter folder: where the plug-in lies; everybody may read it.
  public init(manifest: PluginManifest, folder: String, confinement: Confinement) {
    self.manifest = manifest
    self.folder = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
    self.confinement = confinement
  }

  public func extract(file: LocalFile) async throws(ExtractionError) -> ExtractedContent {
    if case .unavailable(let reason, let remedy) = confinement {
      throw .unconfined(extractor: name, reason: "\(reason); \(remedy)")
    }
    if let missing = missingRequirements.first {
      throw .missingHelper(
        extractor: name, program: missing.program, package: missing.package)
    }
    let cancellation = ProcessCancellation()
    if Task.isCancelled { throw .cancelled }
    let result = await withTaskCancellationHandler {
      await BlockingWork.result {
        Result { () throws(ExtractionError) in try run(file.resolvingFolder(), cancellation)
        }
      }
    } onCancel: {
      cancellation.cancel()
    }
    return try result.get()
  }

  /// The programs that it needs and the machine lacks.
  public var missingRequirements: [PluginManifest.Requirement] {
    let own = command[0]
    let ownMissing =
      access(own, X_OK) == 0 ? [] : [PluginManifest.Requirement(program: own)]
    return ownMissing
      + manifest.requirements.filter { requirement in
        SandboxInvocation.searchPath.allSatisfy {
          access("\($0)/\(requirement.program)", X_OK) != 0
        }
      }
  }

  private var command: [String] {
    manifest.command.map { $0.hasPrefix("./") ? folder + "/" + $0.dropFirst(2) : $0 }
  }

  private func run(
    _ file: LocalFile, _ cancellation: ProcessCancellation
  ) throws(ExtractionError) -> ExtractedContent {
    let opened = try OpenFile(file)
    if opened.byteCount == 0 { return .empty }
    let isCopied = geteuid() == 0 && opened.mode & 0o004 == 0
    if isCopied, opened.byteCount > Self.maximumCopyByteCount {
      throw .unreadable(reason: "only its owner may read it, and it is too large to copy")
    }
    let invocation = SandboxInvocation(
      command: command, folder: folder, file: file,
      copiedDescriptor: isCopied ? opened.descriptor : nil)
    let limits = ResourceLimits(
      timeout: manifest.timeout, maximumOutputByteCount: manifest.maximumOutputByteCount,
      maximumMemory: manifest.maximumMemory)
    switch invocation.process(limits: limits).run(cancellation: cancellation) {
    case .success(let outcome): return try content(of: outcome, file: file)
    case .failure(let failure):
      throw .notStarted(extractor: name, reason: failure.reason)
    }
  }

  private func content(
    of outcome: ChildProcess.Outcome, file: LocalFile
  ) throws(ExtractionError) -> ExtractedContent {
    switch outcome.ending {
    case .succeeded: return try ExtractorOutput.content(of: outcome.output, extractor: name)
    case .cancelled: throw .cancelled
    case .timedOut: throw .timedOut(extractor: name, seconds: manifest.timeout)
    case .tooMuchOutput:
      throw .tooMuchOutput(
        extractor: name, maximumByteCount: manifest.maximumOutputByteCount)
    case .failed(let status):
      // The file may have gone between being opened and being shown to the program.
      _ = try OpenFile(file)
      let complaint = String(decoding: outcome.complaint, as: UTF8.self)
      let message = TextCleaning.line(complaint, maximumByteCount: 300)
      if message.hasPrefix("bwrap: ") {
        throw .unconfined(extractor: name, reason: message)
      }
      throw .crashed(extractor: name, status: Self.unwrapped(status), message: message)
    }
  }

  /// `bubblewrap` reports a program that a signal killed as status 128 and the signal's number.
  private static func unwrapped(_ status: ExitStatus) -> ExitStatus {
    if case .exited(let code) = status, code > 128, code < 128 + 65 {
      return .killed(signal: code - 128)
    }
    return status
  }
}

/// The JSON object that an extractor prints.
enum ExtractorOutput {
  static func content(
    of bytes: [UInt8], extractor: String
  ) throws(ExtractionError) -> ExtractedContent {
    // Repaired first: one wrong byte in a text should not cost all of it.
    let repaired = Data(String(decoding: bytes, as: UTF8.self).utf8)
    guard let value = try? JSONSerialization.jsonObject(with: repaired),
      let fields = value as? [String: Any]
    else {
      throw .malformedOutput(extractor: extractor, reason: "no JSON object")
    }
    func text(_ field: String) throws(ExtractionError) -> String {
      guard let value = fields[field], !(value is NSNull) else { return "" }
      guard let text = value as? String else {
        throw .malformedOutput(extractor: extractor, reason: "\"\(field)\" is no text")
      }
      return text
    }
    let keywords = fields["keywords"] ?? NSNull()
    guard keywords is NSNull || keywords is [String] else {
      throw .malformedOutput(extractor: extractor, reason: "\"keywords\" is no list of texts")
    }
    return ExtractedContent(
      title: try text("title"), keywords: keywords as? [String] ?? [], text: try text("text"))
  }
}
