import Foundation

/// The program's two outputs.
///
/// Everything is written with `write(2)` at once: nothing sits in a buffer when the program is
/// interrupted.
public struct Console: Sendable {
  public let output: OutputChannel
  public let errors: OutputChannel
  public let environment: [String: String]

  /// Standard output and standard error of this process.
  public static var standard: Console {
    Console(
      output: OutputChannel(descriptor: STDOUT_FILENO),
      errors: OutputChannel(descriptor: STDERR_FILENO),
      environment: ProcessInfo.processInfo.environment)
  }

  public init(output: OutputChannel, errors: OutputChannel, environment: [String: String]) {
    self.output = output
    self.errors = errors
    self.environment = environment
  }

  func style(_ choice: TerminalStyle.Choice, for channel: OutputChannel) -> TerminalStyle {
    TerminalStyle(
      choice: choice, environment: environment, isTerminal: channel.isTerminal)
  }

  /// One line on standard error, without anything that a file name could have smuggled in.
  func complain(_ message: String) {
    errors.emit("nearfind: " + TerminalText.printableLines(message) + "\n")
  }
}

/// A file descriptor that text goes to.
public struct OutputChannel: Sendable {
  let descriptor: Int32

  var isTerminal: Bool { isatty(descriptor) == 1 }

  /// The terminal's width in columns; nil where there is none.
  var columns: Int? { size.flatMap { $0.ws_col > 0 ? Int($0.ws_col) : nil } }

  /// The terminal's height; nil where there is none.
  var rows: Int? { size.flatMap { $0.ws_row > 0 ? Int($0.ws_row) : nil } }

  private var size: winsize? {
    var size = winsize()
    return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 ? size : nil
  }

  /// Writes all of it. Whoever reads has gone away (`| head`): the program ends quietly, because
  /// nobody is left to tell anything. Every other failure is said on standard error and ends the
  /// program as failed.
  func emit(_ text: String) {
    var remaining = Array(text.utf8)[...]
    while !remaining.isEmpty {
      let written = remaining.withUnsafeBytes {
        write(descriptor, $0.baseAddress, $0.count)
      }
      if written >= 0 {
        remaining = remaining.dropFirst(written)
        continue
      }
      switch errno {
      case EINTR:
        continue
      case EAGAIN:
        // A pipe that someone else made non-blocking.
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&request, 1, -1)
      case EPIPE:
        exit(ExitStatus.success.rawValue)
      default:
        let reason = String(cString: strerror(errno))
        if descriptor != STDERR_FILENO {
          OutputChannel(descriptor: STDERR_FILENO)
            .emitLine("nearfind: The answer cannot be written: \(reason)")
        }
        exit(ExitStatus.failed.rawValue)
      }
    }
  }

  func emitLine(_ text: String = "") {
    emit(text + "\n")
  }
}
