import Node
import Testing

@testable import NearfindCommands

@Suite struct IndexingReportTests {
  @Test func whatCouldNotBeReadIsToldApart() {
    var summary = IndexingSummary()
    summary.fileCount = 1_200
    summary.changeCount = 4
    summary.readCount = 2
    summary.readByteCount = 2_000
    summary.unreadableCount = 1
    summary.postponedCount = 1
    let report = IndexingReport(summary: summary, duration: .milliseconds(1_500))
    #expect(
      report.lines.joined().hasPrefix(
        "1,200 files looked at, 4 changes, content of 2 files read (2.0 kB), "
          + "1 file unreadable (nearfind status says why), in "))
    #expect(
      report.complaints == ["1 file changed just before being read; next time: nearfind index"])
  }
}
