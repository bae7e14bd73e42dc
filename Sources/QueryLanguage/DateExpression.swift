import Foundation
import SearchModel

/// `2024`, `2024-06`, `2024-06-15` (also with `/` or `.`), `2024-06-15t08:30`, `today`,
/// `yesterday`, `7d 2w 3m 1y 12h`, with signs and as ranges.
///
/// A year, month or day stands for all of it: `..2024-06` ends with June's last second, `>2024`
/// starts after the year. A duration counts back from now: `7d` is the last seven days, `..7d`
/// what is older. A time may end with `z` for UTC; `@` and a number are seconds since 1970.
struct DateExpression {
  let moment: QueryMoment

  /// From the first second to the last, both included.
  private typealias Period = ClosedRange<Int64>

  /// - Parameter text: narrowed and in lower case.
  func filter(_ text: String, at range: Range<Int>) throws(Fault) -> Filter {
    func period(_ part: String) throws(Fault) -> Period {
      guard let period = self.period(part) else { throw Fault(.invalidDate(text), range) }
      return period
    }
    let earliest: Int64?
    let latest: Int64?
    switch BoundsExpression(text) {
    case .comparison(let comparison, let part):
      if duration(part) != nil { throw Fault(.comparedDuration(text), range) }
      (earliest, latest) = Self.bounds(try period(part), compared: comparison)
    case .range(nil, nil): throw Fault(.invalidDate(text), range)
    case .range(let lower, let upper):
      earliest = if let lower { try period(lower).lowerBound } else { nil }
      latest = if let upper { try period(upper).upperBound } else { nil }
    case .single(let part):
      let isDuration = duration(part) != nil
      let single = try period(part)
      (earliest, latest) = (single.lowerBound, isDuration ? nil : single.upperBound)
    }
    if let earliest, let latest, latest < earliest { throw Fault(.emptyRange(text), range) }
    return .modified(earliest: earliest, latest: latest)
  }

  private static func bounds(
    _ period: Period, compared comparison: BoundsExpression.Comparison
  ) -> (Int64?, Int64?) {
    switch comparison {
    case .atLeast: (period.lowerBound, nil)
    case .atMost: (nil, period.upperBound)
    // The ends of time have nothing beyond them; one second too many is near enough.
    case .above: (period.upperBound == .max ? .max : period.upperBound + 1, nil)
    case .below: (nil, period.lowerBound == .min ? .min : period.lowerBound - 1)
    }
  }

  private func period(_ text: String) -> Period? {
    switch text {
    case "today": return days(from: today, count: 1)
    case "yesterday":
      return days(from: CivilDay(daysSince1970: today.daysSince1970 - 1), count: 1)
    default: break
    }
    if text.hasPrefix("@") { return Int64(text.dropFirst()).map { $0...$0 } }
    if let instant = duration(text) { return instant...instant }
    return calendarPeriod(text)
  }

  private var today: CivilDay { CivilTime.local(at: moment.now, in: moment.timeZone).day }

  private func days(from day: CivilDay, count: Int) -> Period {
    let next = CivilDay(daysSince1970: day.daysSince1970 + count)
    let start = CivilTime.instant(of: day, second: 0, in: moment.timeZone)
    return start...max(start, CivilTime.instant(of: next, second: 0, in: moment.timeZone) - 1)
  }

  /// The instant so long before now.
  private func duration(_ text: String) -> Int64? {
    guard let unit = text.last, 2...5 ~= text.count, let count = Self.number(text.dropLast())
    else { return nil }
    switch unit {
    case "h": return moment.now - Int64(count) * 3_600
    case "d": return moment.now - Int64(count) * 86_400
    case "w": return moment.now - Int64(count) * 7 * 86_400
    case "m", "y":
      let (day, second) = CivilTime.local(at: moment.now, in: moment.timeZone)
      let then = day.adding(months: -count * (unit == "y" ? 12 : 1))
      return CivilTime.instant(of: then, second: second, in: moment.timeZone)
    default: return nil
    }
  }

  private func calendarPeriod(_ text: String) -> Period? {
    let halves = text.split(separator: "t", maxSplits: 1, omittingEmptySubsequences: false)
    let parts = halves[0].split(omittingEmptySubsequences: false) { "-/.".contains($0) }
    guard 1...3 ~= parts.count, parts[0].count == 4, let year = Self.number(parts[0]), year > 0
    else { return nil }
    if parts.count == 1 {
      guard halves.count == 1 else { return nil }
      let start = CivilDay(year: year, month: 1, day: 1)
      return days(from: start, count: CivilDay.length(ofMonth: 2, year: year) + 337)
    }
    guard let month = Self.number(parts[1]), 1...12 ~= month, parts[1].count <= 2 else {
      return nil
    }
    let length = CivilDay.length(ofMonth: month, year: year)
    if parts.count == 2 {
      guard halves.count == 1 else { return nil }
      return days(from: CivilDay(year: year, month: month, day: 1), count: length)
    }
    guard let number = Self.number(parts[2]), 1...length ~= number, parts[2].count <= 2 else {
      return nil
    }
    let day = CivilDay(year: year, month: month, day: number)
    return halves.count == 1 ? days(from: day, count: 1) : time(halves[1], on: day)
  }

  /// `08:30` is that minute, `08:30:15` that second.
  private func time(_ text: Substring, on day: CivilDay) -> Period? {
    let isUniversal = text.last == "z"
    let parts = (isUniversal ? text.dropLast() : text)
      .split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.compactMap(Self.number)
    guard 2...3 ~= parts.count, numbers.count == parts.count,
      parts.allSatisfy({ $0.count == 2 }), numbers[0] < 24, numbers[1] < 60,
      numbers.count == 2 || numbers[2] < 60
    else { return nil }
    let second = numbers[0] * 3_600 + numbers[1] * 60 + (numbers.count == 3 ? numbers[2] : 0)
    let start = CivilTime.instant(
      of: day, second: second, in: isUniversal ? .gmt : moment.timeZone)
    return start...(numbers.count == 3 ? start : start + 59)
  }

  /// Digits only: no sign, no other script.
  private static func number(_ text: Substring) -> Int? {
    text.utf8.allSatisfy { 48...57 ~= $0 } ? Int(text) : nil
  }
}
