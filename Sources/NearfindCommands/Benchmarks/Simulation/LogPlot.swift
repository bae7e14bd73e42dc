import Foundation

/// Lines over two logarithmic axes. Pure: values in, SVG out.
struct LogPlot {
  struct Series {
    var name: String
    var isDashed = false
    /// What is not above 0 has no place on a logarithmic axis and is left out.
    var points: [(x: Double, y: Double)]
  }

  var xLabel: String
  var yLabel: String
  var series: [Series]

  static let width = 420.0
  static let height = 300.0
  private static let margin = (left: 66.0, right: 16.0, top: 16.0, bottom: 46.0)

  /// The elements of the plot, its corner at the origin.
  var elements: [String] {
    let shown = series.map { series in
      series.points.filter { $0.x > 0 && $0.y > 0 && $0.x.isFinite && $0.y.isFinite }
    }
    let all = shown.flatMap(\.self)
    let xAxis = LogAxis(
      all.map(\.x), from: Self.margin.left, to: Self.width - Self.margin.right)
    let yAxis = LogAxis(
      all.map(\.y), from: Self.height - Self.margin.bottom, to: Self.margin.top)
    var elements = grid(xAxis, yAxis)
    for (number, points) in shown.enumerated() where !points.isEmpty {
      let place = points.map {
        "\(SVGText.number(xAxis.place($0.x))),\(SVGText.number(yAxis.place($0.y)))"
      }
      let dash = series[number].isDashed ? " stroke-dasharray=\"5 4\"" : ""
      let style = "class=\"line c\(number % PlotSheet.colourCount)\""
      elements.append("<polyline \(style)\(dash) points=\"\(place.joined(separator: " "))\"/>")
      for point in points {
        elements.append(
          "<circle class=\"dot c\(number % PlotSheet.colourCount)\" "
            + "cx=\"\(SVGText.number(xAxis.place(point.x)))\" "
            + "cy=\"\(SVGText.number(yAxis.place(point.y)))\" r=\"3\"/>")
      }
    }
    return elements
  }

  private func grid(_ xAxis: LogAxis, _ yAxis: LogAxis) -> [String] {
    let (left, right) = (Self.margin.left, Self.width - Self.margin.right)
    let (top, bottom) = (Self.margin.top, Self.height - Self.margin.bottom)
    var elements: [String] = []
    for tick in xAxis.ticks {
      let place = xAxis.place(tick)
      elements.append(Self.line(place, top, place, bottom))
      elements.append(Self.label(LogAxis.text(tick), place, bottom + 16, "middle"))
    }
    for tick in yAxis.ticks {
      let place = yAxis.place(tick)
      elements.append(Self.line(left, place, right, place))
      elements.append(Self.label(LogAxis.text(tick), left - 6, place + 4, "end"))
    }
    elements.append(Self.label(xLabel, (left + right) / 2, bottom + 36, "middle"))
    let middle = SVGText.number((top + bottom) / 2)
    elements.append(
      "<text class=\"label\" text-anchor=\"middle\" "
        + "transform=\"translate(14 \(middle)) rotate(-90)\">\(SVGText.escaped(yLabel))</text>")
    return elements
  }

  private static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    "<line class=\"grid\" x1=\"\(SVGText.number(x1))\" y1=\"\(SVGText.number(y1))\" "
      + "x2=\"\(SVGText.number(x2))\" y2=\"\(SVGText.number(y2))\"/>"
  }

  private static func label(
    _ text: String, _ x: Double, _ y: Double, _ anchor: String
  ) -> String {
    "<text class=\"label\" text-anchor=\"\(anchor)\" x=\"\(SVGText.number(x))\" "
      + "y=\"\(SVGText.number(y))\">\(SVGText.escaped(text))</text>"
  }
}

/// A logarithmic axis from one power of ten to another.
struct LogAxis {
  private let low: Int
  private let high: Int
  private let start: Double
  private let end: Double

  /// - Parameters:
  ///   - values: above 0; the axis holds them all.
  ///   - start: where the lowest value stands on the paper, and `end` the highest.
  init(_ values: [Double], from start: Double, to end: Double) {
    let logarithms = values.map { log10($0) }
    low = Int((logarithms.min() ?? 0).rounded(.down))
    high = max(low + 1, Int((logarithms.max() ?? 1).rounded(.up)))
    self.start = start
    self.end = end
  }

  /// The powers of ten.
  var ticks: [Double] { (low...high).map { pow(10, Double($0)) } }

  func place(_ value: Double) -> Double {
    start + (log10(value) - Double(low)) / Double(high - low) * (end - start)
  }

  static func text(_ tick: Double) -> String {
    tick >= 1 ? String(Int(tick.rounded())) : String(format: "%g", tick)
  }
}
