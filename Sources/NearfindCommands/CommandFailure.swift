/// Why a command ends without having done what it was asked: a text for people and the exit status
/// for scripts.
public struct CommandFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// May hold several lines and text of strangers; the console makes it printable.
  public var message: String
  public var status: ExitStatus

  public var description: String { message }

  /// The user asked for something that makes no sense; the message says what would.
  static func wrongUse(_ message: String) -> CommandFailure {
    CommandFailure(message: message, status: .wrongUse)
  }

  static func failed(_ message: String) -> CommandFailure {
    CommandFailure(message: message, status: .failed)
  }
}
