import Cascade
import Foundation
import Node
import Protocol
import QueryLanguage
import SearchModel
import TextAnalysis

/// From what was typed to what is asked, and from the answer to what is shown.
struct PageSearch: Sendable {
  let query: Query
  let request: GroupSearchRequest

  static let longestPage = 100
  static let lastHit = 1_000

  /// - Throws: ``ProblemDocument`` that says what is wrong and, for a query, where.
  init(_ message: PageSearchRequest, moment: QueryMoment) throws(ProblemDocument) {
    guard (1...Self.longestPage).contains(message.limit), message.offset >= 0,
      message.offset <= Self.lastHit - message.limit
    else {
      throw .malformed("A page has 1 to \(Self.longestPage) hits of the first \(Self.lastHit).")
    }
    guard let sort = Self.order(message.sort) else {
      throw .malformed("The order is relevance, name, size or date, with :asc or :desc.")
    }
    guard SearchScope(rawValue: message.scope) != nil else {
      throw .malformed("The scope is group, band, nearest or everywhere.")
    }
    query = try Self.parse(message, moment)
    request = GroupSearchRequest(
      request: SearchRequest(
        query: query, limit: message.limit, offset: message.offset, sort: sort,
        facets: message.facets ? Set(Facet.allCases) : []),
      scope: message.scope)
  }

  /// While a word is typed it is the beginning of one.
  private static func parse(
    _ message: PageSearchRequest, _ moment: QueryMoment
  ) throws(ProblemDocument) -> Query {
    let parser = QueryParser(moment: moment)
    if message.isTyping, let last = message.text.last, last.isLetter || last.isNumber,
      let beginning = try? parser.parse(message.text + "*")
    {
      return beginning
    }
    do {
      return try parser.parse(message.text)
    } catch {
      throw .malformed("\(error)\n\(error.excerpt(of: message.text).text)")
    }
  }

  static func order(_ text: String) -> SearchModel.SortOrder? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.count == 1 || ["asc", "desc"].contains(parts[1]) else {
      return nil
    }
    let ascending = parts.count == 2 ? parts[1] == "asc" : nil
    switch parts[0] {
    case "relevance" where parts.count == 1: return .relevance
    case "name": return .name(ascending: ascending ?? true)
    case "size": return .size(ascending: ascending ?? false)
    case "date": return .modified(ascending: ascending ?? false)
    default: return nil
    }
  }

  // MARK: The answer

  func answer(of found: LocalSearchAnswer) -> PageAnswer {
    let relaxed = found.answer
    let partialStart = relaxed.partialStart ?? relaxed.answer.hits.count
    let servers = Dictionary(
      (found.coverage.servers?.servers ?? []).map { ($0.group, $0) },
      uniquingKeysWith: { first, _ in first })
    let marks = relaxed.marks(of: query)
    func file(_ record: Record) -> PageAnswer.File {
      let origin = found.coverage.servers?.origins[record.key.value].flatMap { servers[$0] }
      return self.file(
        record, marking: marks, isOnlyMachine: found.coverage.scope == .ownFiles,
        origin: origin)
    }
    let (least, most) =
      switch relaxed.answer.matchCount {
      case .exactly(let count): (count, count)
      case .between(let lower, let upper): (lower, upper)
      }
    return PageAnswer(
      isLast: found.isLast, matchesAtLeast: least, matchesAtMost: most,
      hits: relaxed.answer.hits.enumerated().map { index, hit in
        PageAnswer.Found(
          rank: request.request.offset + index + 1, file: file(hit.record),
          isPartial: index >= partialStart, copies: hit.duplicates.map(file))
      },
      corrections: relaxed.corrections.map { .init(typed: $0.word, used: $0.spelling) },
      unmatched: Dictionary(
        relaxed.unmatchedWords.map { ($0, found.spellings[$0] ?? []) },
        uniquingKeysWith: { first, _ in first }),
      facets: Dictionary(
        uniqueKeysWithValues: relaxed.answer.facets.map { ($0.key.rawValue, $0.value) }),
      coverage: PageAnswer.Coverage(found.coverage))
  }

  private func file(
    _ record: Record, marking marks: Query, isOnlyMachine: Bool,
    origin: CascadeCoverage.Server?
  ) -> PageAnswer.File {
    let ring = origin?.ring ?? 0
    return PageAnswer.File(
      key: record.key.value, name: pieces(record.filename, .name, marks),
      directory: pieces(record.directory, .directory, marks),
      title: pieces(record.title, .title, marks),
      size: record.size, modified: record.modified,
      type: FileType(
        fileExtension: (record.filename as NSString).pathExtension.lowercased()),
      owner: record.owner.userID, contentHash: record.contentHash?.hexadecimal,
      nearness: .init(
        kind: isOnlyMachine ? .machine : ring == 0 ? .own : ring == 1 ? .band : .farther,
        ring: ring, band: origin?.band ?? "", roundTrip: ring == 0 ? nil : origin?.roundTrip))
  }

  private func pieces(_ text: String, _ field: Field, _ marks: Query) -> [PageAnswer.Piece] {
    var pieces: [PageAnswer.Piece] = []
    var place = text.startIndex
    func add(upTo end: String.Index, isMatch: Bool) {
      if place < end { pieces.append(.init(text: String(text[place..<end]), isMatch: isMatch)) }
      place = end
    }
    for range in MatchHighlighter.ranges(of: marks, in: text, field: field) {
      add(upTo: range.lowerBound, isMatch: false)
      add(upTo: range.upperBound, isMatch: true)
    }
    add(upTo: text.endIndex, isMatch: false)
    return pieces
  }
}

extension PageAnswer.Coverage {
  init(_ coverage: SearchCoverage) {
    let completeness = coverage.servers?.completeness ?? Completeness()
    self.init(
      scope: coverage.scope, recordCount: coverage.recordCount, serverCount: completeness.count,
      answered: completeness.count(of: .answered), pruned: completeness.count(of: .pruned),
      notNeeded: completeness.count(of: .notNeeded), late: completeness.count(of: .timedOut),
      unreachable: completeness.count(of: .unreachable),
      refused: completeness.count(of: .refused),
      incompleteNodeCount: coverage.incompleteNodes.count, shortfall: coverage.shortfall,
      isExact: coverage.servers?.isExact ?? true, milliseconds: coverage.servers?.elapsed)
  }
}
