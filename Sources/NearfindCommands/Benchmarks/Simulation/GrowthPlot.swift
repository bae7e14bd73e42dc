import Cascade

/// What a growing network costs, drawn: messages, time and processor time by its size.
struct GrowthPlot {
  private let points: [GrowthTrial.Point]

  init(_ points: [GrowthTrial.Point]) {
    self.points = points
  }

  /// An SVG document.
  var text: String {
    PlotSheet(
      title: "What a search costs as the network grows",
      panels: [
        panel("messages a search", \.messages),
        panel("ms to the last answer (simulated)", \.lastMilliseconds),
        panel("processor ms of the cascade", \.processorMilliseconds),
      ]
    ).text
  }

  private func panel(
    _ label: String, _ value: KeyPath<GrowthTrial.Point, Double>
  ) -> LogPlot {
    var series: [LogPlot.Series] = []
    for scope in [SearchScope.nearest, .everywhere] {
      for share in GrowthTrial.shares {
        let points = points.filter { $0.scope == scope && $0.share == share }
        guard let first = points.first else { continue }
        series.append(
          LogPlot.Series(
            name: "\(scope.rawValue), \(first.shareText)", isDashed: scope == .everywhere,
            points: points.map { (Double($0.servers), $0[keyPath: value]) }))
      }
    }
    return LogPlot(xLabel: "virtual servers", yLabel: label, series: series)
  }
}
