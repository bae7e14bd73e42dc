import Foundation

/// A day of the Gregorian calendar, and its arithmetic on plain numbers.
///
/// Days are counted from 1970-01-01 with the usual shift of the year's start to March, which puts
/// the leap day last (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
struct CivilDay: Hashable {
  var year: Int
  var month: Int
  var day: Int

  static func length(ofMonth month: Int, year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  var daysSince1970: Int {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  init(daysSince1970 days: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// The same day so many months later, or that month's last day where it is shorter.
  func adding(months: Int) -> CivilDay {
    let total = year * 12 + month - 1 + months
    let newYear = total >= 0 ? total / 12 : (total - 11) / 12
    let newMonth = total - newYear * 12 + 1
    let length = Self.length(ofMonth: newMonth, year: newYear)
    return CivilDay(year: newYear, month: newMonth, day: min(day, length))
  }
}

enum CivilTime {
  static let secondsInDay = 86_400

  /// The years 1 to 9999.
  static let range: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

  /// The instant at which clocks of the zone show so many seconds after the day's start. Where
  /// clocks show it twice, the earlier; where they skip it, as long after the skip.
  static func instant(of day: CivilDay, second: Int, in zone: TimeZone) -> Int64 {
    let local = day.daysSince1970 * secondsInDay + second
    let before = local - offset(at: local - secondsInDay, in: zone)
    let after = local - offset(at: local + secondsInDay, in: zone)
    if offset(at: before, in: zone) == local - before { return Int64(before) }
    if offset(at: after, in: zone) == local - after { return Int64(after) }
    return Int64(before)
  }

  /// What the clocks of the zone show at an instant.
  static func local(at instant: Int64, in zone: TimeZone) -> (day: CivilDay, second: Int) {
    let local = Int(instant) + offset(at: Int(instant), in: zone)
    let second =
      local % secondsInDay < 0 ? local % secondsInDay + secondsInDay : local % secondsInDay
    return (CivilDay(daysSince1970: (local - second) / secondsInDay), second)
  }

  private static func offset(at instant: Int, in zone: TimeZone) -> Int {
    zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant)))
  }

  /// `2024-06-15T08:30:00Z`, or `@` and the seconds for years that have not four digits. Reads
  /// back as the same second.
  static func text(_ instant: Int64) -> String {
    guard range.contains(instant) else { return "@\(instant)" }
    let (day, second) = local(at: instant, in: .gmt)
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let date = "\(padded(day.year, 4))-\(padded(day.month, 2))-\(padded(day.day, 2))"
    let hours = "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2))"
    return "\(date)T\(hours):\(padded(second % 60, 2))Z"
  }
}
