import Node

/// How far a transfer is, on one line.
struct TransferText {
  /// Printable.
  let name: String
  private let start: ContinuousClock.Instant

  init(name: String, start: ContinuousClock.Instant = .now) {
    self.name = name
    self.start = start
  }

  /// `plan.pdf: 1.2 GB of 4.0 GB, 85 MB/s from 2 sources, 33 s left`.
  func line(for step: FileGetter.Progress, now: ContinuousClock.Instant = .now) -> String {
    var text = "\(name): \(Wording.size(step.byteCount)) of \(Wording.size(step.total))"
    let came = step.byteCount - step.resumedCount
    let seconds = (now - start) / .seconds(1)
    guard came > 0, seconds > 0 else { return text }
    let rate = Double(came) / seconds
    text += ", \(Wording.size(Int64(rate)))/s from "
    text += Wording.count(step.sourceCount, "source")
    let left = Duration.seconds(Double(step.total - step.byteCount) / rate)
    return step.byteCount < step.total ? text + ", \(Wording.duration(left)) left" : text
  }

  /// `plan.pdf: 4.0 GB from ann/laptop and bob/desk in 40 s`.
  func summary(
    of report: FileGetter.Report, byteCount: Int64, now: ContinuousClock.Instant = .now
  ) -> String {
    var text = "\(name): \(Wording.size(byteCount))"
    if !report.senders.isEmpty {
      text += " from " + report.senders.map(TerminalText.printable).joined(separator: " and ")
    }
    if report.resumedCount > 0 { text += ", \(Wording.size(report.resumedCount)) were there" }
    return text + ", in \(Wording.duration(now - start))"
  }
}
