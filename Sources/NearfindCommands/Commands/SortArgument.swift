import ArgumentParser
import SearchModel

/// `--sort KEY[:asc|:desc]`.
struct SortArgument: ExpressibleByArgument, Hashable {
  let order: SortOrder

  var defaultValueDescription: String { order == .relevance ? "relevance" : "\(order)" }

  static let relevance = SortArgument(order: .relevance)

  init(order: SortOrder) {
    self.order = order
  }

  /// Without a direction the one that people mean: names from A, the largest and the newest first.
  init?(argument: String) {
    let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let ascending: Bool? =
      switch parts.dropFirst().first {
      case nil: nil
      case "asc": true
      case "desc": false
      default: nil
      }
    if parts.count == 2, ascending == nil { return nil }
    switch parts[0] {
    case "relevance" where parts.count == 1: order = .relevance
    case "name": order = .name(ascending: ascending ?? true)
    case "size": order = .size(ascending: ascending ?? false)
    case "date": order = .modified(ascending: ascending ?? false)
    default: return nil
    }
  }

  static let allValueStrings =
    ["relevance"]
    + ["name", "size", "date"].flatMap { [$0, $0 + ":asc", $0 + ":desc"] }

  static let defaultCompletionKind = CompletionKind.list(allValueStrings)
}
