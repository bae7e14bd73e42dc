import Foundation

extension CascadeBenchmarkCommand {
  func simulate() throws {
    let points = try GrowthTrial(searches: searches, seed: seed).run(sizes: sizes)
    var report = BenchmarkReport(
      title: "Simulated searches of networks of growing size, ten best hits",
      columns: [
        "servers", "asked", "messages", "kB", "first ms", "last ms", "cpu ms", "hits",
      ])
    for point in points {
      report.add(
        "\(point.scope.rawValue), matches in \(point.shareText)",
        [
          "servers": Double(point.servers), "asked": point.asked, "messages": point.messages,
          "kB": point.kilobytes, "first ms": point.firstMilliseconds,
          "last ms": point.lastMilliseconds, "cpu ms": point.processorMilliseconds,
          "hits": point.hits,
            // In a small network it may be that nothing is found.
        ].filter { $0.value.isFinite })
    }
    report.notes = [
      "Virtual servers by the program's own placement, searches by its own cascade; the time is the",
      "simulated network's, except cpu ms: the processor's time of the machine for a search (median).",
      "kB: the messages' text. Filters are known of the 1000 nearest virtual servers. Seed: \(seed).",
    ]
    try options.print(report)
    if let svg { try write(GrowthPlot(points).text, to: svg) }
  }

  /// Powers of ten, and the largest.
  private var sizes: [Int] {
    var sizes: [Int] = []
    var size = 10
    while size < largest {
      sizes.append(size)
      size *= 10
    }
    return sizes + [largest]
  }

  private func write(_ text: String, to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    } catch {
      throw CommandFailure.failed(
        "\(path) cannot be written: \(error.localizedDescription). Choose another file.")
    }
  }
}

extension GrowthTrial.Point {
  /// `1 of 10 groups`.
  var shareText: String { "1 of \(Int((1 / share).rounded())) groups" }
}
