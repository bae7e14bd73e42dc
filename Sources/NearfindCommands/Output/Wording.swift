import Foundation

/// Numbers and times as people read them, the same in every language setting so that a script or a
/// test can rely on them.
enum Wording {
  /// `812 B`, `1.2 kB`, `34 MB`: decimal units, two digits that count below ten.
  static func size(_ bytes: Int64) -> String {
    guard bytes >= 1000 else { return "\(bytes) B" }
    var value = Double(bytes)
    var unit = ""
    for next in ["kB", "MB", "GB", "TB", "PB", "EB"] {
      value /= 1000
      unit = next
      // 999.5 and more would print as 1000 of this unit.
      if value < 999.5 { break }
    }
    let digits = value < 9.95 ? "%.1f" : "%.0f"
    return String(format: digits, value) + " " + unit
  }

  /// `2024-05-01`, in the machine's time zone.
  static func day(_ secondsSince1970: Int64, in zone: TimeZone = .current) -> String {
    String(instant(secondsSince1970, in: zone).prefix { $0 != "T" })
  }

  /// `2024-05-01T12:30:00Z`: the form of the JSON documents.
  static func timestamp(_ secondsSince1970: Int64) -> String {
    instant(secondsSince1970, in: .gmt) + "Z"
  }

  private static func instant(_ secondsSince1970: Int64, in zone: TimeZone) -> String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    // From 1583, when the calendar begins to be this one, to 9999: no file is older or newer, and a
    // damaged time must not end the program.
    let bounded = min(max(secondsSince1970, -12_212_553_600), 253_402_300_799)
    let parts = calendar.dateComponents(
      [.year, .month, .day, .hour, .minute, .second],
      from: Date(timeIntervalSince1970: TimeInterval(bounded)))
    return String(
      format: "%04d-%02d-%02dT%02d:%02d:%02d",
      parts.year ?? 0, parts.month ?? 0, parts.day ?? 0,
      parts.hour ?? 0, parts.minute ?? 0, parts.second ?? 0)
  }

  /// `45 s`, `3 min 20 s`, `2 h 5 min`.
  static func duration(_ duration: Duration) -> String {
    let seconds = max(0, duration.components.seconds)
    return switch seconds {
    case ..<60: "\(seconds) s"
    case ..<3600: "\(seconds / 60) min \(seconds % 60) s"
    default: "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }
  }

  /// `1 file`, `12,345 files`.
  static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    grouped(number) + " " + (number == 1 ? one : many ?? one + "s")
  }

  /// `7.25`, whatever the number: one that came from elsewhere may be larger than any integer.
  static func decimal(_ number: Double, places: Int) -> String {
    String(format: "%.\(places)f", number)
  }

  /// `12,345`.
  static func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return (number < 0 ? "-" : "") + result
  }
}
