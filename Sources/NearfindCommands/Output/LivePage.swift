import Foundation
import Synchronization

/// A page on a terminal that is drawn again in place when it gets better. Silent where nobody
/// watches, and for pages that do not fit on the screen, where lines that have scrolled away could
/// not be taken back.
final class LivePage: Sendable {
  private let channel: OutputChannel?
  /// How many rows of the screen the page takes. With a lock, because better pages come from another
  /// task than the one that clears.
  private let rows = Mutex(0)

  /// - Parameter channel: where to draw, if it is a terminal that can; nil for nowhere.
  init(on channel: OutputChannel?, environment: [String: String]) {
    let isCapable = environment["TERM"].map { $0 != "dumb" } ?? false
    self.channel = channel.flatMap { $0.isTerminal && isCapable ? $0 : nil }
  }

  /// - Parameter lines: printable, without their breaks.
  func show(_ lines: [String]) {
    guard let channel, let columns = channel.columns, let height = channel.rows else { return }
    let needed = lines.reduce(0) { $0 + Self.rows(of: $1, columns: columns) }
    guard needed < height else { return }
    rows.withLock { rows in
      channel.emit(Self.taking(rows) + lines.map { $0 + "\n" }.joined())
      rows = needed
    }
  }

  /// Does what better pages come of, and takes the page away however that ends: what is said next,
  /// an error too, must not stand below it.
  func `while`<Value>(_ work: () async throws -> Value) async rethrows -> Value {
    defer { clear() }
    return try await work()
  }

  /// Takes the page away.
  func clear() {
    guard let channel else { return }
    rows.withLock { rows in
      if rows > 0 { channel.emit(Self.taking(rows)) }
      rows = 0
    }
  }

  /// Up to the first row of the page, and everything from there on away (ECMA-48: CUU, ED).
  private static func taking(_ rows: Int) -> String {
    rows > 0 ? "\u{1B}[\(rows)A\r\u{1B}[J" : ""
  }

  /// The rows that a line takes, its colours left out.
  static func rows(of line: String, columns: Int) -> Int {
    var visible = ""
    var isInEscape = false
    for character in line {
      if character == "\u{1B}" {
        isInEscape = true
      } else if isInEscape {
        isInEscape = character != "m"
      } else {
        visible.append(character)
      }
    }
    let width = DisplayWidth.of(visible)
    return max(1, (width + columns - 1) / max(1, columns))
  }
}
