/// Why a file's content could not be read, told apart by what the caller can do about it. None of
/// them concerns the file's entry: its name stays searchable.
public enum ExtractionError: Error, Hashable, Sendable {
  /// The file is no longer there. A reconciling scan will notice.
  case vanished

  /// The operating system refuses to hand the file out; try again when its permissions changed.
  case unreadable(reason: String)

  /// The file is not of the kind that the extractor reads. Not worth another try until the file
  /// changes.
  case unsupported(reason: String)

  /// The extractor was stopped after this many seconds.
  case timedOut(extractor: String, seconds: Double)

  /// The extractor was stopped because it printed more than this.
  case tooMuchOutput(extractor: String, maximumByteCount: Int)

  /// The extractor ended with an error; `message` is the start of what it wrote to its standard
  /// error, cleaned, or empty.
  case crashed(extractor: String, status: ExitStatus, message: String)

  /// The extractor printed something other than the JSON object that was expected.
  case malformedOutput(extractor: String, reason: String)

  /// A program that the extractor needs is not installed; `package` is Debian's that has it.
  case missingHelper(extractor: String, program: String, package: String?)

  /// The extractor was not started, because it could not be confined.
  case unconfined(extractor: String, reason: String)

  /// The extractor could not be started: the machine is short of processes, memory or file
  /// descriptors. Try again later.
  case notStarted(extractor: String, reason: String)

  /// The calling task was cancelled.
  case cancelled
}

/// How a process ended that did not end well.
public enum ExitStatus: Hashable, Sendable, CustomStringConvertible {
  /// 1 to 255.
  case exited(Int32)
  case killed(signal: Int32)

  public var description: String {
    switch self {
    case .exited(let status): "exit status \(status)"
    case .killed(let signal): "signal \(signal)"
    }
  }
}

extension ExtractionError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .vanished:
      "The file is no longer there."
    case .unreadable(let reason):
      "The file cannot be read: \(reason)."
    case .unsupported(let reason):
      "The file's content is not read: \(reason)."
    case .timedOut(let extractor, let seconds):
      "The extractor \(extractor) was stopped after \(seconds) s."
    case .tooMuchOutput(let extractor, let maximum):
      "The extractor \(extractor) was stopped: it printed more than \(maximum) bytes."
    case .crashed(let extractor, let status, let message):
      "The extractor \(extractor) failed (\(status))"
        + (message.isEmpty ? "." : ": \(message)")
    case .malformedOutput(let extractor, let reason):
      "The extractor \(extractor) printed something unexpected: \(reason)."
    case .missingHelper(let extractor, let program, let package):
      "The extractor \(extractor) needs the program \(program)."
        + (package.map { " Install it with: apt-get install \($0)" } ?? "")
    case .unconfined(let extractor, let reason):
      "The extractor \(extractor) was not started, because it cannot be confined: \(reason)"
    case .notStarted(let extractor, let reason):
      "The extractor \(extractor) could not be started: \(reason). Try again later."
    case .cancelled:
      "The extraction was cancelled."
    }
  }
}
