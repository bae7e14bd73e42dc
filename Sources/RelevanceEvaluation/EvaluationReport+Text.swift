extension EvaluationReport {
  /// The report as a person reads it: the averages, what moved against the golden file, notes.
  ///
  /// - Parameter movedLimit: how many of the moved queries are listed, those that moved most.
  public func text(movedLimit: Int = 20) -> String {
    let name = querySet.isEmpty ? collection : "\(collection) (\(querySet))"
    var lines = ["\(name): \(queries.count) queries, depth \(depth)"]
    lines += Measure.allCases.map(averageLine)
    if let comparison {
      lines += Self.lines(of: comparison, movedLimit: movedLimit)
    } else {
      lines.append("  no golden file to compare with")
    }
    lines += notes.map { "  note: \($0)" }
    return lines.joined(separator: "\n") + "\n"
  }

  private func averageLine(_ measure: Measure) -> String {
    let name = measure.label.padding(to: 11)
    let line = "  \(name) \(decimal(averages[measure], digits: 4))"
    guard let comparison else { return line }
    let golden = comparison.goldenAverages[measure]
    let verdict = comparison.fallen.contains(measure) ? "  FELL" : ""
    return line + "  golden \(decimal(golden, digits: 4))"
      + "  \(signed(averages[measure] - golden))\(verdict)"
  }

  private static func lines(of comparison: GoldenComparison, movedLimit: Int) -> [String] {
    let better = comparison.moved.count { $0.change > 0 }
    let worse = comparison.moved.count { $0.change < 0 }
    var lines = [
      "  \(comparison.moved.count) queries moved: nDCG@10 of \(better) rose, of \(worse) fell"
    ]
    for move in comparison.moved.prefix(movedLimit) {
      lines.append(
        "    \(signed(move.change))  \(decimal(move.golden.ndcgAt10, digits: 4)) → "
          + "\(decimal(move.current.ndcgAt10, digits: 4))  \(move.query)  "
          + printable(move.text))
    }
    if comparison.moved.count > movedLimit {
      lines.append("    and \(comparison.moved.count - movedLimit) more")
    }
    if !comparison.added.isEmpty {
      lines.append("  \(comparison.added.count) queries are new since the golden file")
    }
    if !comparison.removed.isEmpty {
      lines.append("  \(comparison.removed.count) queries of the golden file are gone")
    }
    if !comparison.passes {
      lines.append(
        "  FAILED: an average fell more than \(GoldenComparison.tolerance) below its golden value"
      )
    }
    return lines
  }
}

extension Measure {
  /// The name that people use.
  public var label: String {
    switch self {
    case .ndcgAt10: "nDCG@10"
    case .averagePrecision: "MAP"
    case .reciprocalRank: "MRR"
    case .recallAt100: "recall@100"
    }
  }
}

private func signed(_ difference: Double) -> String {
  (difference < 0 ? "" : "+") + decimal(difference, digits: 4)
}

/// Query files come from anywhere, and a terminal obeys control characters.
private func printable(_ text: String) -> String {
  String(
    String.UnicodeScalarView(
      text.unicodeScalars.map { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
        default: scalar
        }
      }))
}

extension String {
  fileprivate func padding(to count: Int) -> String {
    self + String(repeating: " ", count: max(0, count - self.count))
  }
}
