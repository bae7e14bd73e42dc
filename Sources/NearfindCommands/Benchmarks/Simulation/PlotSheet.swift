import Foundation

/// Plots side by side below a title, with one legend. Pure: values in, an SVG document out, readable
/// on light and on dark ground.
struct PlotSheet {
  var title: String
  /// All with the same series.
  var panels: [LogPlot]

  static let colourCount = 6
  private static let titleHeight = 34.0
  private static let legendLine = 20.0
  private static let legendColumns = 3

  var text: String {
    let width = LogPlot.width * Double(max(1, panels.count))
    let series = panels.first?.series ?? []
    let lines = (series.count + Self.legendColumns - 1) / Self.legendColumns
    let legendTop = Self.titleHeight + LogPlot.height + 8
    let height = legendTop + Double(lines) * Self.legendLine + 8
    var elements = [
      "<text class=\"title\" x=\"16\" y=\"24\">\(SVGText.escaped(title))</text>"
    ]
    for (number, panel) in panels.enumerated() {
      let x = SVGText.number(LogPlot.width * Double(number))
      elements.append("<g transform=\"translate(\(x) \(SVGText.number(Self.titleHeight)))\">")
      elements += panel.elements
      elements.append("</g>")
    }
    for (number, series) in series.enumerated() {
      elements += Self.legend(
        series, number, x: 66 + Double(number % Self.legendColumns) * LogPlot.width * 0.8,
        y: legendTop + Double(number / Self.legendColumns) * Self.legendLine + 8)
    }
    let (w, h) = (SVGText.number(width), SVGText.number(height))
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(w)" height="\(h)" viewBox="0 0 \(w) \(h)" \
      role="img">
      <title>\(SVGText.escaped(title))</title>
      <style>
      \(Self.style)
      </style>
      \(elements.joined(separator: "\n"))
      </svg>

      """
  }

  private static func legend(
    _ series: LogPlot.Series, _ number: Int, x: Double, y: Double
  ) -> [String] {
    let dash = series.isDashed ? " stroke-dasharray=\"5 4\"" : ""
    let (left, right, line) = (SVGText.number(x), SVGText.number(x + 26), SVGText.number(y))
    return [
      "<line class=\"line c\(number % colourCount)\"\(dash) x1=\"\(left)\" y1=\"\(line)\" "
        + "x2=\"\(right)\" y2=\"\(line)\"/>",
      "<text class=\"label\" x=\"\(SVGText.number(x + 34))\" y=\"\(SVGText.number(y + 4))\">"
        + "\(SVGText.escaped(series.name))</text>",
    ]
  }

  /// The colours stand out from white and from black (Okabe and Ito, lightened for dark ground).
  private static let style = """
    text { font-family: sans-serif; font-size: 12px; fill: #24292f; }
    .title { font-size: 15px; font-weight: bold; }
    .grid { stroke: #8c959f; stroke-opacity: 0.35; }
    .line { fill: none; stroke-width: 2; }
    .c0 { stroke: #0072b2; } .c1 { stroke: #d55e00; } .c2 { stroke: #007a5a; }
    .c3 { stroke: #0072b2; } .c4 { stroke: #d55e00; } .c5 { stroke: #007a5a; }
    .dot { fill: none; stroke-width: 1.5; }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .c0, .c3 { stroke: #56b4e9; } .c1, .c4 { stroke: #ff9d4d; } .c2, .c5 { stroke: #3ddc97; }
    }
    """
}

enum SVGText {
  static func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;")
      .replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: ">", with: "&gt;")
      .replacingOccurrences(of: "\"", with: "&quot;")
  }

  /// Tenths are finer than any screen shows here.
  static func number(_ value: Double) -> String { String(format: "%.1f", value) }
}
