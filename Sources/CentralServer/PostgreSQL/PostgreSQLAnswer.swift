internal import CPostgreSQL

/// What the server answered to a statement.
final class PostgreSQLAnswer {
  private let result: OpaquePointer

  init(_ result: OpaquePointer) {
    self.result = result
  }

  deinit { PQclear(result) }

  func forEachRow(_ body: (any SQLRow) throws -> Void) throws {
    for index in 0..<PQntuples(result) { try body(AnswerRow(answer: self, index: index)) }
  }

  var changedCount: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

  /// Nil where the statement was carried out.
  func failure(database: String) -> CentralStoreError? {
    switch PQresultStatus(result) {
    case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return nil
    default: break
    }
    // The field numbers of PG_DIAG_SQLSTATE and PG_DIAG_MESSAGE_PRIMARY are letters.
    let code = field("C") ?? ""
    let reason = field("M") ?? String(cString: PQresultErrorMessage(result))
    return PostgreSQLFailure(code: code, reason: reason).error(database: database)
  }

  private func field(_ letter: Unicode.Scalar) -> String? {
    PQresultErrorField(result, CInt(letter.value)).map { String(cString: $0) }
  }

  private struct AnswerRow: SQLRow {
    let answer: PostgreSQLAnswer
    let index: CInt

    func optionalInteger(_ column: Int) throws -> Int64? {
      guard let text = try optionalText(column) else { return nil }
      guard let number = Int64(text) else { throw Unreadable("number", text) }
      return number
    }

    func optionalText(_ column: Int) throws -> String? {
      let column = CInt(column)
      guard PQgetisnull(answer.result, index, column) == 0,
        let value = PQgetvalue(answer.result, index, column)
      else { return nil }
      let count = Int(PQgetlength(answer.result, index, column))
      return value.withMemoryRebound(to: UInt8.self, capacity: count) { bytes in
        String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
      }
    }
  }
}
