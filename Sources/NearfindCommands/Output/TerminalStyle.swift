import Foundation

/// Colours, where they are wanted: on a terminal that knows them, unless the user says otherwise.
public struct TerminalStyle: Sendable {
  public enum Choice: String, Sendable, CaseIterable {
    case auto
    case always
    case never
  }

  public enum Ink: String, Sendable {
    case match = "1;31"
    case name = "1"
    case folder = "36"
    case faint = "2"
    case warning = "33"
  }

  public let isColoured: Bool

  public init(isColoured: Bool) {
    self.isColoured = isColoured
  }

  /// In order of precedence: `--color`, `NO_COLOR` (any value but an empty one, no-color.org),
  /// `CLICOLOR_FORCE` (any value but `0` or an empty one), then: a terminal that is not
  /// `TERM=dumb`.
  public init(choice: Choice, environment: [String: String], isTerminal: Bool) {
    isColoured =
      switch choice {
      case .always: true
      case .never: false
      case .auto: Self.isWanted(environment: environment, isTerminal: isTerminal)
      }
  }

  private static func isWanted(environment: [String: String], isTerminal: Bool) -> Bool {
    if let refusal = environment["NO_COLOR"], !refusal.isEmpty { return false }
    if let force = environment["CLICOLOR_FORCE"], !force.isEmpty, force != "0" { return true }
    return isTerminal && environment["TERM"] != "dumb" && environment["TERM"] != nil
  }

  /// - Parameter text: printable already; see ``TerminalText``.
  public func paint(_ text: String, _ ink: Ink) -> String {
    isColoured && !text.isEmpty ? "\u{1B}[\(ink.rawValue)m\(text)\u{1B}[0m" : text
  }
}
