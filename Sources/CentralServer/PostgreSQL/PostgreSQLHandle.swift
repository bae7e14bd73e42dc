internal import CPostgreSQL
import Glibc

/// One connection of libpq. Every wait has a limit. Belongs to one ``PostgreSQLConnection``.
final class PostgreSQLHandle {
  private let connection: OpaquePointer
  private let database: String
  private let limits: PostgreSQLLimits
  /// Statements of libpq want `$1` where ours say `?`.
  private var numbered: [String: String] = [:]

  /// Connects.
  init(_ address: PostgreSQLAddress, limits: PostgreSQLLimits) throws(CentralStoreError) {
    database = address.description
    self.limits = limits
    let pairs = [
      // Not overridden by the address: what is stored is UTF-8.
      ("dbname", address.text), ("client_encoding", "UTF8"), ("application_name", "nearfind"),
    ]
    let opened = Self.withCStrings(pairs.map(\.0)) { keywords in
      Self.withCStrings(pairs.map(\.1)) { values in PQconnectStartParams(keywords, values, 1) }
    }
    guard let opened else {
      throw .unreachable(database: address.description, reason: "no memory for a connection")
    }
    connection = opened
    // Notices go to standard error by default.
    PQsetNoticeProcessor(connection, { _, _ in }, nil)
    try connect(within: limits.connecting)
  }

  deinit { PQfinish(connection) }

  /// Whether the connection can still be used.
  var isAlive: Bool { PQstatus(connection) == CONNECTION_OK }

  private func connect(within duration: Duration) throws(CentralStoreError) {
    let deadline = ContinuousClock.now + duration
    var state = PGRES_POLLING_WRITING
    while state != PGRES_POLLING_OK {
      guard PQstatus(connection) != CONNECTION_BAD, state != PGRES_POLLING_FAILED else {
        throw .unreachable(database: database, reason: connectionMessage)
      }
      let events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT
      try wait(for: Int16(events), until: deadline)
      state = PQconnectPoll(connection)
    }
    guard PQsetnonblocking(connection, 1) == 0 else {
      throw .unreachable(database: database, reason: connectionMessage)
    }
  }

  /// Runs one statement with arguments.
  func run(
    _ sql: String, _ arguments: [SQLValue], _ each: (any SQLRow) throws -> Void
  ) throws -> Int {
    let text = numberedText(of: sql)
    let values = arguments.map { value in
      switch value {
      case .integer(let number): number.map { String($0) }
      case .text(let text): text
      case .key(let text): text
      }
    }
    // int8 and text: what the server would otherwise have to guess.
    let types = arguments.map { value in
      if case .integer = value { Oid(20) } else { Oid(25) }
    }
    let sent = Self.withCStrings(values) { pointers in
      PQsendQueryParams(
        connection, text, CInt(arguments.count), types, pointers, nil, nil, 0)
    }
    return try finish(sent: sent, each)
  }

  /// Runs statements without arguments.
  func run(script: String) throws {
    _ = try finish(sent: PQsendQuery(connection, script)) { _ in }
  }

  private func finish(sent: CInt, _ each: (any SQLRow) throws -> Void) throws -> Int {
    guard sent == 1 else {
      throw CentralStoreError.unreachable(database: database, reason: connectionMessage)
    }
    let deadline = ContinuousClock.now + limits.statement
    try flush(until: deadline)
    var failure: CentralStoreError?
    var answer: PostgreSQLAnswer?
    // All answers are taken, whatever the first says: only then is the connection free again.
    while let next = try nextAnswer(until: deadline) {
      failure = failure ?? next.failure(database: database)
      answer = next
    }
    if let failure { throw failure }
    guard let answer else { return 0 }
    try answer.forEachRow(each)
    return answer.changedCount
  }

  private func nextAnswer(until deadline: ContinuousClock.Instant) throws -> PostgreSQLAnswer? {
    while PQisBusy(connection) == 1 {
      try wait(for: Int16(POLLIN), until: deadline)
      guard PQconsumeInput(connection) == 1 else {
        throw CentralStoreError.unreachable(database: database, reason: connectionMessage)
      }
    }
    return PQgetResult(connection).map(PostgreSQLAnswer.init)
  }

  private func flush(until deadline: ContinuousClock.Instant) throws {
    while true {
      let state = PQflush(connection)
      if state == 0 { return }
      if state == 1 { try wait(for: Int16(POLLIN | POLLOUT), until: deadline) }
      // The server may say something while it is told much; unread, it would block both.
      guard state == 1, PQconsumeInput(connection) == 1 else {
        throw CentralStoreError.unreachable(database: database, reason: connectionMessage)
      }
    }
  }

  private func wait(
    for events: Int16, until deadline: ContinuousClock.Instant
  ) throws(CentralStoreError) {
    var descriptor = pollfd(fd: PQsocket(connection), events: events, revents: 0)
    while true {
      let left = (deadline - .now).components
      let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
      guard milliseconds > 0 else {
        throw .unreachable(database: database, reason: "it did not answer in time")
      }
      let count = poll(&descriptor, 1, CInt(clamping: milliseconds))
      if count > 0 { return }
      guard count == 0 || errno == EINTR else {
        throw .unreachable(database: database, reason: String(cString: strerror(errno)))
      }
    }
  }

  private var connectionMessage: String {
    String(cString: PQerrorMessage(connection))
      .split(whereSeparator: \.isNewline).joined(separator: "; ")
  }

  private func numberedText(of sql: String) -> String {
    if let text = numbered[sql] { return text }
    var count = 0
    let text = sql.reduce(into: "") { text, character in
      if character == "?" {
        count += 1
        text += "$\(count)"
      } else {
        text.append(character)
      }
    }
    numbered[sql] = text
    return text
  }

  /// Calls `body` with C strings of `texts`, NULL for nil, and a NULL behind the last.
  private static func withCStrings<Value>(
    _ texts: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value
  ) -> Value {
    let copies = texts.map { $0.flatMap { strdup($0) } } + [nil]
    defer { for copy in copies { free(copy) } }
    return copies.map { $0.map { UnsafePointer($0) } }.withUnsafeBufferPointer { buffer in
      // The NULL behind the last makes it never empty.
      body(buffer.baseAddress!)
    }
  }
}
