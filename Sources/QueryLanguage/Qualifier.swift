import SearchModel

/// What may stand before a colon: a field to search in, or a condition to meet.
enum Qualifier: String, CaseIterable, Hashable, Sendable {
  case name
  case title
  case keyword
  case text
  case directory
  case fileExtension = "ext"
  case type
  case folder = "in"
  case owner
  case size
  case date
  case hash

  /// Other spellings that mean the same.
  var aliases: [String] {
    switch self {
    case .name: ["filename"]
    case .keyword: ["keywords", "tag"]
    case .text: ["content"]
    case .directory: ["dir"]
    case .fileExtension: ["extension"]
    case .folder: ["folder"]
    case .date: ["modified"]
    case .title, .type, .owner, .size, .hash: []
    }
  }

  /// The field that words are looked for in; nil for a condition.
  var field: Field? {
    switch self {
    case .name: .name
    case .title: .title
    case .keyword: .keyword
    case .text: .text
    case .directory: .directory
    default: nil
    }
  }

  init(_ field: Field) {
    self =
      switch field {
      case .name: .name
      case .title: .title
      case .keyword: .keyword
      case .text: .text
      case .directory: .directory
      }
  }

  /// - Parameter spelling: what stands before the colon; case does not count.
  init?(spelling: String) {
    guard let match = Self.bySpelling[spelling.lowercased()] else { return nil }
    self = match
  }

  private static let bySpelling: [String: Qualifier] = {
    var table: [String: Qualifier] = [:]
    for qualifier in allCases {
      for spelling in [qualifier.rawValue] + qualifier.aliases { table[spelling] = qualifier }
    }
    return table
  }()

  /// The spelling that was probably meant: one letter missing, added, changed or swapped.
  ///
  /// Spellings of two letters are never suggested, and short ones only for swapped letters:
  /// too many ordinary words before a colon are that near.
  static func nearest(to spelling: String) -> String? {
    let typed = spelling.lowercased()
    let candidates = bySpelling.keys.sorted().filter { candidate in
      guard candidate.count >= 3 else { return false }
      if candidate.count == 3 {
        return typed != candidate && typed.sorted() == candidate.sorted()
      }
      return EditDistance.isOneStep(from: typed, to: candidate)
    }
    return candidates.first
  }
}
