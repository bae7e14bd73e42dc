import SearchModel
import Testing

/// Records and requests of few words.
func record(
  _ key: String, _ filename: String = "file.txt", in directory: String = "", size: Int64 = 0,
  modified: Int64 = 0, title: String = "", keywords: [String] = [], text: String = "",
  hash: UInt8? = nil, owner: String = "kim"
) throws -> Record {
  Record(
    key: try #require(RecordKey(key)), filename: filename, directory: directory, size: size,
    modified: modified, title: title, keywords: keywords, text: text,
    contentHash: hash.flatMap { ContentHash(bytes: Array(repeating: $0, count: 32)) },
    owner: Owner(userSerialID: 7, userID: owner))
}

func key(_ text: String) throws -> RecordKey { try #require(RecordKey(text)) }

func word(_ text: String, _ field: Field? = nil) -> Query { .word(text, field: field) }

extension FullTextEngine {
  /// The keys of all records that match, in order, each record a hit of its own.
  func keys(_ query: Query, sort: SortOrder = .relevance) async throws -> [String] {
    let request = SearchRequest(
      query: query, limit: 100_000, sort: sort, collapsesDuplicates: false)
    return try await search(request).hits.map(\.record.key.value)
  }
}

extension MatchCount {
  /// Whether the true number is possible by this count.
  func allows(_ count: Int) -> Bool {
    switch self {
    case .exactly(let exact): exact == count
    case .between(let lower, let upper): lower...max(lower, upper) ~= count
    }
  }
}
