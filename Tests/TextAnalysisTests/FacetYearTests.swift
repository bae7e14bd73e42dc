import Foundation
import Testing

@testable import TextAnalysis

@Suite("The year of a file")
struct FacetYearTests {
  @Test(arguments: [
    (Int64(0), 1970), (-1, 1969), (951_782_400, 2000), (946_684_799, 1999), (946_684_800, 2000),
    (-62_135_596_800, 1), (253_402_300_799, 9999), (253_402_300_800, 10_000),
    (-2_203_891_201, 1900), (4_107_542_399, 2100),
  ])
  func boundaries(seconds: Int64, year: Int) {
    #expect(FacetCounting.year(of: seconds) == year)
  }

  @Test func agreesWithTheCalendar() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    for seconds in stride(from: Int64(-10_000_000_000), to: 10_000_000_000, by: 15_551_999) {
      let date = Date(timeIntervalSince1970: Double(seconds))
      #expect(FacetCounting.year(of: seconds) == calendar.component(.year, from: date))
    }
  }

  @Test func theEndsOfTimeHaveAYear() {
    #expect(FacetCounting.year(of: .max) > 292_000_000_000)
    #expect(FacetCounting.year(of: .min) < -292_000_000_000)
  }
}
