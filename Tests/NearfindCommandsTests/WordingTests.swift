import Foundation
import Node
import Protocol
import SearchModel
import Testing

@testable import NearfindCommands

@Suite struct WordingTests {
  @Test(
    arguments: [
      (0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (1_049, "1.0 kB"), (9_949, "9.9 kB"),
      (9_950, "10 kB"), (999_499, "999 kB"), (999_500, "1.0 MB"), (2_400_000, "2.4 MB"),
      (Int64.max, "9.2 EB"),
    ] as [(Int64, String)])
  func sizes(_ bytes: Int64, _ expected: String) {
    #expect(Wording.size(bytes) == expected)
  }

  @Test func timestamps() {
    #expect(Wording.timestamp(0) == "1970-01-01T00:00:00Z")
    #expect(Wording.timestamp(-1) == "1969-12-31T23:59:59Z")
    #expect(Wording.timestamp(1_714_566_600) == "2024-05-01T12:30:00Z")
    #expect(Wording.timestamp(.max) == "9999-12-31T23:59:59Z")
    #expect(Wording.timestamp(.min) == "1583-01-01T00:00:00Z")
  }

  @Test func daysAreLocal() throws {
    let seoul = try #require(TimeZone(secondsFromGMT: 9 * 3600))
    #expect(Wording.day(1_714_575_600, in: seoul) == "2024-05-02")
    #expect(Wording.day(1_714_575_600, in: .gmt) == "2024-05-01")
  }

  @Test func numbers() {
    #expect(Wording.grouped(0) == "0")
    #expect(Wording.grouped(999) == "999")
    #expect(Wording.grouped(1_000) == "1,000")
    #expect(Wording.grouped(-1_234_567) == "-1,234,567")
    #expect(Wording.count(1, "match", "matches") == "1 match")
    #expect(Wording.count(2_000, "file") == "2,000 files")
    #expect(Wording.duration(.seconds(200)) == "3 min 20 s")
  }

  @Test func decimalsOfAnySize() {
    #expect(Wording.decimal(7.25, places: 2) == "7.25")
    #expect(Wording.decimal(0.004, places: 2) == "0.00")
    #expect(Wording.decimal(1e300, places: 0).count == 301)
    #expect(Wording.decimal(.infinity, places: 2) == "inf")
  }

  /// What somebody else's virtual server says of itself must not end the program.
  @Test func coverageOfAnyNumbers() {
    let server = CascadeCoverage.Server(
      group: 1, host: "host", band: "", ring: 0, outcome: .answered, roundTrip: 1e300,
      messageCount: .max)
    let completeness = Completeness(
      outcomes: ["1": .answered, "2": .notNeeded], restCount: .max, restOutcome: .notNeeded)
    #expect(completeness.count == .max && completeness.count(of: .notNeeded) == .max)
    #expect(completeness.count(of: .answered) == 1)
    for elapsed in [3.14, 12.6, 1e300] {
      let lines = CoverageWording(
        SearchCoverage(
          scope: .network, recordCount: .max,
          servers: CascadeCoverage(
            scope: "everywhere", completeness: completeness, servers: [server], isExact: true,
            elapsed: elapsed))
      ).lines(explains: true)
      #expect(lines.count == 3)
      if elapsed < 10 { #expect(lines[0].hasSuffix("in 3.1 ms.")) }
      if elapsed == 12.6 { #expect(lines[0].hasSuffix("in 13 ms.")) }
    }
  }

  @Test func progressSaysRateAndTimeLeft() {
    let step = ProgressLine.Step(activity: "reading", done: 1_200, total: 5_000)
    #expect(
      ProgressLine.text(step, elapsed: .seconds(4))
        == "reading 1,200 of 5,000 files, 300 files/s, 12 s left")
    let open = ProgressLine.Step(activity: "scanning", done: 10)
    #expect(ProgressLine.text(open, elapsed: .zero) == "scanning 10 files")
    #expect(ProgressLine.text(open, elapsed: .seconds(4)) == "scanning 10 files, 2.5 files/s")
  }
}
