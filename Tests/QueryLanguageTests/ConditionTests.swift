import Foundation
import SearchModel
import Testing

@testable import QueryLanguage

@Suite("Conditions")
struct ConditionTests {
  @Test(
    "Values that are compared whole",
    arguments: [
      ("ext:pdf", Query.filter(.fileExtension("pdf"))),
      ("ext:.PDF", .filter(.fileExtension("PDF"))),
      ("ext:\"\"", .filter(.fileExtension(""))), ("-ext:pdf", .not(.filter(.fileExtension("pdf")))),
      (
        "ext:(pdf OR docx)",
        .any([.filter(.fileExtension("pdf")), .filter(.fileExtension("docx"))])
      ),
      ("type:image", .filter(.type(.image))), ("type:Images", .filter(.type(.image))),
      ("in:photos/2024", .filter(.folder("photos/2024"))),
      ("in:/photos/", .filter(.folder("photos"))),
      ("in:\"My Photos/a (b)\"", .filter(.folder("My Photos/a (b)"))), ("in:/", .everything),
      ("owner:jeon", .filter(.owner("jeon"))),
    ])
  func values(text: String, expected: Query) throws {
    #expect(try parse(text) == expected)
  }

  @Test func hash() throws {
    let digits = String(repeating: "aB", count: 32)
    let hash = try #require(ContentHash(hexadecimal: digits))
    #expect(try parse("hash:\(digits)") == .filter(.contentHash(hash)))
  }

  @Test(
    "Sizes",
    arguments: [
      (">10M", Int64(10_000_001), Int64?.none), (">=10m", 10_000_000, nil), ("<1k", nil, 999),
      ("<=1KiB", nil, 1024), ("1.5GiB..", 1_610_612_736, nil), ("..2MB", nil, 2_000_000),
      ("1k..2k", 1000, 2000), ("1k～2k", 1000, 2000), ("~2k", nil, 2000), ("700", 700, 700),
      ("0", 0, 0), ("700b", 700, 700),
      ("10M", 9_500_000, 10_499_999), ("1.5G", 1_450_000_000, 1_549_999_999),
      ("1KiB", 512, 1535), ("0k", 0, 0), ("9223372036854775807", .max, .max),
    ] as [(String, Int64?, Int64?)])
  func sizes(text: String, minimum: Int64?, maximum: Int64?) throws {
    #expect(
      try parse("size:\(text)") == .filter(.size(minimum: minimum, maximum: maximum)))
  }

  @Test(
    "Dates in UTC",
    arguments: [
      ("2024", "2024-01-01 00:00:00", "2024-12-31 23:59:59"),
      ("2023", "2023-01-01 00:00:00", "2023-12-31 23:59:59"),
      ("2024-02", "2024-02-01 00:00:00", "2024-02-29 23:59:59"),
      ("2023/2", "2023-02-01 00:00:00", "2023-02-28 23:59:59"),
      ("2024.06.15", "2024-06-15 00:00:00", "2024-06-15 23:59:59"),
      ("2024-01..2024-06", "2024-01-01 00:00:00", "2024-06-30 23:59:59"),
      ("2024-06..", "2024-06-01 00:00:00", nil), ("..2024-06", nil, "2024-06-30 23:59:59"),
      ("2024-01~2024-06", "2024-01-01 00:00:00", "2024-06-30 23:59:59"),
      (">2024", "2025-01-01 00:00:00", nil), (">=2024", "2024-01-01 00:00:00", nil),
      ("<2024", nil, "2023-12-31 23:59:59"), ("<=2024", nil, "2024-12-31 23:59:59"),
      ("today", "2024-06-15 00:00:00", "2024-06-15 23:59:59"),
      ("yesterday", "2024-06-14 00:00:00", "2024-06-14 23:59:59"),
      ("yesterday..today", "2024-06-14 00:00:00", "2024-06-15 23:59:59"),
      ("7d", "2024-06-08 12:34:56", nil), ("..7d", nil, "2024-06-08 12:34:56"),
      ("2w..1w", "2024-06-01 12:34:56", "2024-06-08 12:34:56"),
      ("4m", "2024-02-15 12:34:56", nil), ("1y", "2023-06-15 12:34:56", nil),
      ("12h", "2024-06-15 00:34:56", nil),
      ("2024-06-15T08:30", "2024-06-15 08:30:00", "2024-06-15 08:30:59"),
      ("2024-06-15T08:30:15Z", "2024-06-15 08:30:15", "2024-06-15 08:30:15"),
      ("@0", "1970-01-01 00:00:00", "1970-01-01 00:00:00"),
    ] as [(String, String?, String?)])
  func dates(text: String, earliest: String?, latest: String?) throws {
    let expected = Filter.modified(
      earliest: try earliest.map(seconds), latest: try latest.map(seconds))
    #expect(try parse("date:\(text)") == .filter(expected))
  }

  /// An independent reading of a date, by Foundation.
  private func seconds(_ text: String) throws -> Int64 {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = .gmt
    formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
    return Int64(try #require(formatter.date(from: text)).timeIntervalSince1970)
  }

  @Test func daysFollowTheTimeZone() throws {
    let seoul = try #require(TimeZone(identifier: "Asia/Seoul"))
    let start: Int64 = 1_718_409_600 - 9 * 3_600
    #expect(
      try parse("date:2024-06-15", zone: seoul)
        == .filter(.modified(earliest: start, latest: start + 86_399)))
    let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
    guard
      case .filter(.modified(let first?, let last?)) = try parse("date:2024-03-31", zone: berlin)
    else {
      Issue.record("not a range")
      return
    }
    #expect(last - first + 1 == 23 * 3_600, "the day on which summer time begins")
  }

  @Test func civilDaysCountWithoutGaps() {
    var previous = CivilDay(year: -401, month: 12, day: 31)
    let first = previous.daysSince1970 + 1
    var faults: [Int] = []
    for days in first..<(first + 1_000_000) {
      let day = CivilDay(daysSince1970: days)
      let length = CivilDay.length(ofMonth: previous.month, year: previous.year)
      let expected =
        previous.day < length
        ? CivilDay(year: previous.year, month: previous.month, day: previous.day + 1)
        : previous.month < 12
          ? CivilDay(year: previous.year, month: previous.month + 1, day: 1)
          : CivilDay(year: previous.year + 1, month: 1, day: 1)
      if day != expected || day.daysSince1970 != days { faults.append(days) }
      previous = day
    }
    #expect(faults == [])
    #expect(CivilDay(year: 1970, month: 1, day: 1).daysSince1970 == 0)
    #expect(CivilDay(year: 2000, month: 3, day: 1).daysSince1970 == 11_017)
  }
}
