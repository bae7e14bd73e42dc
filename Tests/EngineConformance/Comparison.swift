import SearchModel
import Testing

/// Records an issue for each way in which an answer differs from the oracle's. Revisions are each
/// engine's own and are not compared.
///
/// - Returns: whether the answers are the same.
@discardableResult
func expectSame(_ answer: SearchAnswer, _ oracle: SearchAnswer, _ context: String) -> Bool {
  let differences = differences(between: answer, and: oracle)
  for difference in differences { Issue.record("\(difference)\n\(context)") }
  return differences.isEmpty
}

/// In words; empty when the answers are the same.
func differences(between answer: SearchAnswer, and oracle: SearchAnswer) -> [String] {
  var result: [String] = []
  let keys = answer.hits.map(\.record.key.value)
  let expected = oracle.hits.map(\.record.key.value)
  if keys != expected {
    result.append("hits \(keys) instead of \(expected)")
  } else {
    for (hit, same) in zip(answer.hits, oracle.hits) {
      result += differences(between: hit, and: same)
    }
  }
  // Two bounds on the same number overlap.
  if answer.matchCount.upperBound < oracle.matchCount.lowerBound
    || oracle.matchCount.upperBound < answer.matchCount.lowerBound
  {
    result.append("count \(answer.matchCount) instead of \(oracle.matchCount)")
  }
  if answer.facets != oracle.facets {
    result.append("facets \(answer.facets) instead of \(oracle.facets)")
  }
  return result
}

private func differences(between hit: Hit, and same: Hit) -> [String] {
  var result: [String] = []
  if abs(hit.weight - same.weight) > 1e-9 || !hit.weight.isFinite {
    result.append("\(hit.record.key) weighs \(hit.weight) instead of \(same.weight)")
  }
  if hit.record != same.record {
    result.append("record \(hit.record) instead of \(same.record)")
  }
  if hit.sortText.map({ Array($0.utf8) }) != same.sortText.map({ Array($0.utf8) }) {
    result.append("\(hit.record.key) sorts by \(hit.sortText ?? "nothing")")
  }
  if hit.duplicates != same.duplicates {
    let keys = hit.duplicates.map(\.key)
    result.append("\(hit.record.key) has \(keys) instead of \(same.duplicates.map(\.key))")
  }
  if let explanation = hit.explanation {
    let sum = explanation.contributions.reduce(0) { $0 + $1.weight }
    if abs(sum - hit.weight) > 1e-9 {
      result.append("\(hit.record.key) weighs \(hit.weight) and is explained as \(sum)")
    }
  }
  return result
}
