import Node
import SearchModel

/// A search's answer for a person: who reads it looks for a name first, then at where it is, how
/// large and how old it is, and why it is here.
struct AnswerPrinter {
  let style: TerminalStyle
  /// The terminal's width.
  let columns: Int
  /// Whether to say how the answer came about.
  var explains = false

  private static let indentation = "    "
  private static let shownDuplicates = 3
  /// Room beside the name for two blanks, the size, two blanks and the date.
  private static let figuresWidth = 21

  /// Lines without their breaks.
  func lines(for report: SearchReport) -> [String] {
    let relaxed = report.relaxed
    var lines = corrections(relaxed) + explanationOfEmptiness(report)
    if !lines.isEmpty, !relaxed.answer.hits.isEmpty { lines.append("") }

    let names = relaxed.answer.hits.map {
      MarkedText($0.record.filename, field: .name, query: report.query)
    }
    let numberWidth = "\(report.offset + names.count)".count
    let widest = max(24, columns - Self.figuresWidth - numberWidth - 2)
    let nameWidth = names.map(\.width).filter { $0 <= widest }.max() ?? 0
    for (index, hit) in relaxed.answer.hits.enumerated() {
      if index == relaxed.partialStart { lines += divider(isFirst: index == 0) }
      let number = "\(report.offset + index + 1)"
      let padding = String(repeating: " ", count: max(0, numberWidth - number.count))
      lines += self.lines(
        for: hit, number: padding + number + "  ", name: names[index], nameWidth: nameWidth,
        in: report)
    }
    return lines + facets(relaxed.answer.facets) + summary(report) + coverage(report.coverage)
  }

  /// - Parameter number: by which `nearfind get` fetches the file.
  private func lines(
    for hit: Hit, number: String, name: MarkedText, nameWidth: Int, in report: SearchReport
  ) -> [String] {
    let record = hit.record
    let size = Wording.size(record.size)
    let figures =
      String(repeating: " ", count: max(0, 7 - size.count)) + size + "  "
      + Wording.day(record.modified)
    let gap = String(repeating: " ", count: max(0, nameWidth - name.width) + 2)
    var lines = [
      style.paint(number, .faint) + name.painted(style, ink: .name) + gap
        + style.paint(figures, .faint)
    ]
    if !style.isColoured, let pointers = name.pointers {
      lines.append(String(repeating: " ", count: number.count) + pointers)
    }

    if !record.directory.isEmpty {
      let folder = MarkedText(record.directory, field: .directory, query: report.query)
      lines.append(Self.indentation + folder.painted(style, ink: .folder))
    }
    if !record.title.isEmpty {
      let room = max(20, columns - Self.indentation.count)
      let title = MarkedText(record.title, field: .title, query: report.query)
      let fits = title.width <= room
      lines.append(
        Self.indentation
          + (fits ? title.painted(style) : DisplayWidth.truncated(title.plain, to: room)))
    }
    lines += duplicates(of: hit)
    if let explanation = hit.explanation { lines += why(explanation, weight: hit.weight) }
    return lines
  }

  private func duplicates(of hit: Hit) -> [String] {
    var lines = hit.duplicates.prefix(Self.shownDuplicates).map { record in
      let place = record.directory.isEmpty ? "" : record.directory + "/"
      return Self.indentation + "also at "
        + style.paint(TerminalText.printable(place + record.filename), .folder)
    }
    let hidden = hit.duplicates.count - lines.count
    if hidden > 0 {
      lines.append(Self.indentation + "also at " + Wording.count(hidden, "more place"))
    }
    return lines
  }

  private func why(_ explanation: Explanation, weight: Double) -> [String] {
    let heading = Self.indentation + "why: weight " + Self.weight(weight)
    return [style.paint(heading, .faint)]
      + explanation.contributions.map { part in
        let fields = part.fields.map(\.rawValue).joined(separator: ", ")
        let text =
          Self.indentation + "  " + Self.weight(part.weight) + "  "
          + TerminalText.printable(part.leaf) + " in " + fields + " ("
          + Wording.count(part.documentFrequency, "file has it", "files have it") + ")"
        return style.paint(text, .faint)
      }
  }

  private func corrections(_ relaxed: RelaxedAnswer) -> [String] {
    relaxed.corrections.map { correction in
      let word = TerminalText.printable(correction.word)
      let spelling = TerminalText.printable(correction.spelling)
      return style.paint("No file has `\(word)`; showing `\(spelling)`.", .warning)
    }
  }

  /// Which word is to blame, and how it might be spelled.
  private func explanationOfEmptiness(_ report: SearchReport) -> [String] {
    let corrected = Set(report.relaxed.corrections.map(\.word))
    return report.relaxed.unmatchedWords.filter { !corrected.contains($0) }.map { word in
      var line = "No file has `\(TerminalText.printable(word))`."
      if let spellings = report.spellings[word], !spellings.isEmpty {
        let offers = spellings.map { "`\(TerminalText.printable($0))`" }
        line += " Spelled like it: " + offers.joined(separator: ", ") + "."
      }
      return style.paint(line, .warning)
    }
  }

  private func divider(isFirst: Bool) -> [String] {
    let text = "── Only some of the words ──"
    return (isFirst ? [] : [""]) + [style.paint(text, .warning)]
  }

  private func coverage(_ coverage: SearchCoverage?) -> [String] {
    guard let coverage else { return [] }
    let lines = CoverageWording(coverage).lines(explains: explains)
    guard !lines.isEmpty else { return [] }
    return [""] + lines.map { style.paint(TerminalText.printable($0), .faint) }
  }

  private func facets(_ facets: [Facet: [FacetCount]]) -> [String] {
    guard !facets.isEmpty else { return [] }
    var lines = [""]
    for facet in Facet.allCases {
      guard let counts = facets[facet], !counts.isEmpty else { continue }
      let values = counts.prefix(8).map { count in
        let value = count.value.isEmpty ? "none" : TerminalText.printable(count.value)
        return value + " " + Wording.grouped(count.count)
      }
      let more = counts.count > 8 ? ", and \(counts.count - 8) more" : ""
      let heading = DisplayWidth.padded(facet.title, to: 10)
      lines.append(style.paint(heading, .name) + values.joined(separator: ", ") + more)
    }
    return lines
  }

  private func summary(_ report: SearchReport) -> [String] {
    let relaxed = report.relaxed
    guard report.foundSomething else {
      let everyWordOccurs = relaxed.unmatchedWords.isEmpty && relaxed.corrections.isEmpty
      return ["Nothing found." + (everyWordOccurs ? " No file has all of this together." : "")]
    }
    let hits = relaxed.answer.hits.prefix(max(0, relaxed.partialStart ?? .max))
    let seen = hits.reduce(report.offset) { $0 + 1 + $1.duplicates.count }
    let count: String
    switch relaxed.answer.matchCount {
    case .exactly(let number) where number > seen:
      count = Wording.count(number, "match", "matches")
    case .between(let lower, let upper) where upper > max(lower, seen):
      let most = Wording.count(upper, "match", "matches")
      count = "between \(Wording.grouped(lower)) and \(most)"
    default: return []
    }
    // A page that is not full has nothing behind it: the other matches are copies.
    guard hits.count >= report.limit else { return [] }
    let next = report.offset + hits.count
    guard next > report.offset else { return ["", count] }
    let text = "\(report.offset + 1) to \(next) of \(count); more with --offset \(next)"
    return ["", style.paint(text, .faint)]
  }

  private static func weight(_ weight: Double) -> String {
    Wording.decimal(weight, places: 2)
  }
}

extension Facet {
  /// As a heading; the raw value is what JSON says.
  fileprivate var title: String {
    switch self {
    case .type: "type"
    case .fileExtension: "extension"
    case .owner: "owner"
    case .folder: "folder"
    case .year: "year"
    }
  }
}
