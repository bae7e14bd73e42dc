/// How the program ends, for scripts to decide by.
public enum ExitStatus: Int32, Sendable {
  /// Something was found, or what was asked for is done.
  case success = 0
  /// A search found nothing.
  case nothingFound = 1
  /// The command line or the query cannot be understood; nothing was done.
  case wrongUse = 2
  /// It could not be done, or an evaluation fell below its golden scores.
  case failed = 3
  /// Ended by Ctrl-C (128 + SIGINT).
  case interrupted = 130
  /// Ended by SIGTERM (128 + 15).
  case terminated = 143
}
