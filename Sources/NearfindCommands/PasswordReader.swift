import Foundation

/// Reads a password without showing it.
struct PasswordReader {
  /// A path, or `-` for standard input; nil asks on the terminal.
  let file: String?

  /// Ctrl-C.
  private static let interrupt: UInt8 = 3

  /// Longer is no password but some other file.
  private static let longestByteCount = 4096

  /// - Parameter asksTwice: on a terminal, so that a slip is noticed.
  /// - Throws: a failure that says what to do.
  func password(prompt: String, asksTwice: Bool) throws(CommandFailure) -> String {
    guard let file else {
      let password = try Self.ask(prompt)
      if asksTwice {
        let again = try Self.ask("Once more: ")
        guard again.utf8.elementsEqual(password.utf8) else {
          throw .wrongUse("The two passwords differ. Try again.")
        }
      }
      return password
    }
    let path = file == "-" ? "/dev/stdin" : file
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .wrongUse("\(path) cannot be read: \(String(cString: strerror(errno))).")
    }
    defer { close(descriptor) }
    return try Self.line(from: descriptor, named: path)
  }

  private static func ask(_ prompt: String) throws(CommandFailure) -> String {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else {
      throw .wrongUse(
        "There is no terminal to ask for the password. Give it with --password-file FILE, "
          + "or on standard input with --password-file -")
    }
    defer { close(terminal) }
    var shown = termios()
    guard tcgetattr(terminal, &shown) == 0 else { throw .failed("The terminal cannot be used.") }
    var hidden = shown
    // Ctrl-C is read like any other key, so that the terminal never stays without its echo.
    hidden.c_lflag &= ~tcflag_t(ECHO | ISIG)
    // It ends the line, or it would be handed on only with the next one.
    withUnsafeMutableBytes(of: &hidden.c_cc) { $0[Int(VEOL)] = interrupt }
    tcsetattr(terminal, TCSAFLUSH, &hidden)
    defer { tcsetattr(terminal, TCSAFLUSH, &shown) }
    OutputChannel(descriptor: terminal).emit(prompt)
    let password = try line(from: terminal, named: "the terminal")
    OutputChannel(descriptor: terminal).emitLine()
    guard !password.utf8.contains(interrupt) else { throw .failed("Interrupted.") }
    return password
  }

  /// The first line, without its end.
  private static func line(
    from descriptor: Int32, named name: String
  ) throws(CommandFailure) -> String {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while bytes.count <= longestByteCount {
      let count = read(descriptor, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count == 1, byte != UInt8(ascii: "\n") else { break }
      bytes.append(byte)
      if byte == interrupt { break }
    }
    guard bytes.count <= longestByteCount else { throw .wrongUse("\(name) holds no password.") }
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    guard !bytes.isEmpty else { throw .wrongUse("\(name) holds no password.") }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .wrongUse("The password in \(name) is not text in UTF-8.")
    }
    return text
  }
}
