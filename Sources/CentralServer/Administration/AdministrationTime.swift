import Foundation

/// Times as tables show them: `2026-03-01 12:30 UTC`.
enum AdministrationTime {
  static func text(_ milliseconds: Int64) -> String {
    let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
    let style = Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day()
      .dateTimeSeparator(.space).time(includingFractionalSeconds: false)
    return String(date.formatted(style).dropLast(3)) + " UTC"
  }
}
