import Foundation
import FoundationXML
import Testing

@testable import NearfindCommands

@Suite struct PlotTests {
  private func sheet(_ series: [LogPlot.Series]) -> String {
    let panel = LogPlot(xLabel: "servers <n>", yLabel: "time & \"ms\"", series: series)
    return PlotSheet(title: "Cost & growth", panels: [panel, panel]).text
  }

  /// The elements of a document by name, with their attributes.
  private func elements(of text: String) throws -> [(name: String, attributes: [String: String])] {
    let parser = XMLParser(data: Data(text.utf8))
    let reader = ElementReader()
    parser.delegate = reader
    let isWellFormed = parser.parse()
    #expect(isWellFormed, "\(String(describing: parser.parserError))")
    return reader.elements
  }

  @Test func aSheetIsWellFormedAndHasEverySeries() throws {
    let text = sheet([
      .init(name: "near <1>", points: [(10, 1), (100, 2), (1_000, 2)]),
      .init(name: "all", isDashed: true, points: [(10, 5), (100, 50)]),
    ])
    let elements = try elements(of: text)
    #expect(elements.first?.name == "svg")
    let lines = elements.filter { $0.name == "polyline" }
    #expect(lines.count == 4)
    #expect(lines.count { $0.attributes["stroke-dasharray"] != nil } == 2)
    #expect(elements.count { $0.name == "circle" } == 10)
    #expect(text.contains("near &lt;1&gt;") && text.contains("time &amp; &quot;ms&quot;"))
    // Both grounds.
    #expect(text.contains("prefers-color-scheme: dark"))
  }

  @Test func axesAreLogarithmicAndHoldAllValues() {
    let axis = LogAxis([10, 1_000], from: 0, to: 200)
    #expect(axis.ticks == [10, 100, 1_000])
    #expect(axis.place(10) == 0)
    #expect(abs(axis.place(100) - 100) < 1e-9)
    #expect(abs(axis.place(1_000) - 200) < 1e-9)
    // Upward on paper, and with less than a power of ten between the values.
    let upward = LogAxis([0.2, 0.5], from: 300, to: 0)
    #expect(upward.ticks == [0.1, 1])
    #expect(upward.place(0.5) < upward.place(0.2))
    #expect(LogAxis.text(0.1) == "0.1" && LogAxis.text(1_000) == "1000")
  }

  @Test func whatHasNoLogarithmIsLeftOut() throws {
    let text = sheet([.init(name: "odd", points: [(10, 0), (0, 5), (20, .nan), (30, 3)])])
    #expect(try elements(of: text).count { $0.name == "circle" } == 2)
    #expect(!text.contains("nan") && !text.contains("inf"))
    #expect(try elements(of: sheet([])).first?.name == "svg")
  }
}

private final class ElementReader: NSObject, XMLParserDelegate {
  private(set) var elements: [(name: String, attributes: [String: String])] = []

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String] = [:]
  ) {
    elements.append((name, attributes))
  }
}
