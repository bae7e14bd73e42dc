import Node
import SearchModel

/// `POST /v1/page/search`: a search as it was typed.
struct PageSearchRequest: Hashable, Sendable, Codable {
  var text: String
  var offset = 0
  var limit = 20
  /// `relevance`, or `name`, `size`, `date` with `:asc` or `:desc`.
  var sort = "relevance"
  /// `group`, `band`, `nearest` or `everywhere`.
  var scope = "nearest"
  /// Whether matches are counted by type, extension, owner, folder and year.
  var facets = false
  /// Whether the last word may go on: it then is the beginning of a word.
  var isTyping = false

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case text, offset, limit, sort, scope, facets, isTyping
  }

  init(text: String) {
    self.text = text
  }

  init(from decoder: any Decoder) throws {
    // A field that is not known is a mistake of whoever wrote the request, and he should hear of it.
    let all = try decoder.container(keyedBy: AnyKey.self)
    let known = Set(CodingKeys.allCases.map(\.rawValue))
    if let unknown = all.allKeys.first(where: { !known.contains($0.stringValue) }) {
      throw DecodingError.dataCorruptedError(
        forKey: unknown, in: all, debugDescription: "There is no such field.")
    }
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    text = try fields.decode(String.self, forKey: .text)
    offset = try fields.decodeIfPresent(Int.self, forKey: .offset) ?? offset
    limit = try fields.decodeIfPresent(Int.self, forKey: .limit) ?? limit
    sort = try fields.decodeIfPresent(String.self, forKey: .sort) ?? sort
    scope = try fields.decodeIfPresent(String.self, forKey: .scope) ?? scope
    facets = try fields.decodeIfPresent(Bool.self, forKey: .facets) ?? facets
    isTyping = try fields.decodeIfPresent(Bool.self, forKey: .isTyping) ?? isTyping
  }

  private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}

/// A line of the answer: each is whole, and better than the one before.
struct PageAnswer: Hashable, Sendable, Codable {
  /// A part of a text: what matches the query, or what stands between.
  struct Piece: Hashable, Sendable, Codable {
    var text: String
    var isMatch: Bool
  }

  struct File: Hashable, Sendable, Codable {
    var key: String
    var name: [Piece]
    var directory: [Piece]
    var title: [Piece]
    /// In bytes.
    var size: Int64
    /// Seconds since 1970.
    var modified: Int64
    var type: FileType?
    var owner: String
    var contentHash: String?
    var nearness: Nearness
  }

  /// How far away a file is.
  struct Nearness: Hashable, Sendable, Codable {
    enum Kind: String, Hashable, Sendable, Codable {
      /// On this machine, the only one that was searched.
      case machine
      /// In this machine's group.
      case own
      /// In another group of the same band.
      case band
      case farther
    }
    var kind: Kind
    /// Rings outward; 0 for the own group.
    var ring: Int
    /// The band's key; empty where only this machine was searched.
    var band: String
    /// Milliseconds to the virtual server and back; nil where it was not asked over the network.
    var roundTrip: Double?
  }

  struct Found: Hashable, Sendable, Codable {
    var rank: Int
    var file: File
    /// Whether it matches only some of the words, or a corrected spelling.
    var isPartial: Bool
    /// The same content at other places, nearest first.
    var copies: [File]
  }

  struct Correction: Hashable, Sendable, Codable {
    var typed: String
    var used: String
  }

  struct Coverage: Hashable, Sendable, Codable {
    var scope: SearchCoverage.Scope
    var recordCount: Int
    var serverCount: Int
    var answered: Int
    var pruned: Int
    var notNeeded: Int
    var late: Int
    var unreachable: Int
    var refused: Int
    var incompleteNodeCount: Int
    var shortfall: String?
    var isExact: Bool
    var milliseconds: Double?
  }

  var isLast: Bool
  var matchesAtLeast: Int
  var matchesAtMost: Int
  var hits: [Found]
  var corrections: [Correction]
  /// Words that match nothing, and what is spelled like them.
  var unmatched: [String: [String]]
  var facets: [String: [FacetCount]]
  var coverage: Coverage
}
