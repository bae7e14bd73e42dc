/// What was examined and how it is: the JSON document of `nearfind doctor --json`, and the same for
/// people.
struct DoctorDocument: Codable, Hashable {
  enum State: String, Codable, Hashable {
    case fine
    /// Nearfind works, without something.
    case lacking
    /// Nearfind does not work.
    case broken
  }

  struct Check: Codable, Hashable {
    var subject: String
    var state: State
    var detail: String
    /// What to do; left out where there is nothing to do.
    var remedy: String?
  }

  var version = 1
  var checks: [Check]

  var hasProblem: Bool { checks.contains { $0.state == .broken } }

  func lines(_ style: TerminalStyle) -> [String] {
    let width = checks.map { DisplayWidth.of(TerminalText.printable($0.subject)) }.max() ?? 0
    var lines: [String] = []
    for check in checks {
      let (mark, ink): (String, TerminalStyle.Ink) =
        switch check.state {
        case .fine: ("ok      ", .faint)
        case .lacking: ("lacking ", .warning)
        case .broken: ("BROKEN  ", .match)
        }
      let subject = DisplayWidth.padded(TerminalText.printable(check.subject), to: width)
      lines.append(
        style.paint(mark, ink) + subject + "  " + TerminalText.printable(check.detail))
      if let remedy = check.remedy {
        lines.append("        → " + TerminalText.printable(remedy))
      }
    }
    return lines
  }
}
