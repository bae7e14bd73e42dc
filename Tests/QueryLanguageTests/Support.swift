import Foundation
import SearchModel

@testable import QueryLanguage

/// 2024-06-15T12:34:56Z, a Saturday.
let noon: Int64 = 1_718_454_896

func parse(_ text: String, zone: TimeZone = .gmt) throws -> Query {
  try QueryParser(moment: QueryMoment(now: noon, timeZone: zone)).parse(text)
}

func refusal(of text: String, limits: QueryLimits = .standard) -> QueryError? {
  let moment = QueryMoment(now: noon, timeZone: .gmt)
  do {
    _ = try QueryParser(moment: moment, limits: limits).parse(text)
    return nil
  } catch {
    return error
  }
}

func word(_ text: String, _ field: Field? = nil) -> Query { .word(text, field: field) }
func phrase(_ text: String, _ field: Field? = nil) -> Query { .phrase(text, field: field) }
func prefix(_ text: String, _ field: Field? = nil) -> Query { .prefix(text, field: field) }
func infix(_ text: String, _ field: Field? = nil) -> Query { .infix(text, field: field) }
