import Foundation
import Testing

@testable import CentralServer

/// The stores that everything is tried on.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
  case sqlite
  case postgreSQL

  static var available: [StoreKind] {
    PostgreSQLInstallation.isPresent || PostgreSQLInstallation.isRequired ? allCases : [.sqlite]
  }

  var testDescription: String { rawValue }

  /// A database of its own for a test.
  func makePlace() async throws -> StorePlace {
    switch self {
    case .sqlite: StorePlace(.sqlite(folder: try TemporaryFolder.make()))
    case .postgreSQL:
      StorePlace(
        try await { .postgreSQL($0, try await $0.makeDatabase()) }(
          try PostgreSQLServer.shared.get()))
    }
  }
}

/// An empty database, on which several stores can be opened.
struct StorePlace: Sendable {
  enum Kind {
    case sqlite(folder: String)
    case postgreSQL(PostgreSQLServer, String)
  }

  let kind: Kind

  init(_ kind: Kind) {
    self.kind = kind
  }

  func open(
    patience: Int64 = 60_000, schema: StoreSchema = .current
  ) async throws -> any OpenStore {
    switch kind {
    case .sqlite(let folder):
      try await SQLiteCentralStore(
        path: folder + "/central.sqlite", leaderPatience: patience, schema: schema)
    case .postgreSQL(let server, let database):
      try await PostgreSQLCentralStore(
        server.address(database), leaderPatience: patience, schema: schema)
    }
  }
}

/// A store whose tables a test can look at.
protocol OpenStore: CentralStore {
  func look<Value: Sendable>(
    _ body: @escaping @Sendable (any SQLSession) throws -> Value
  ) async throws -> Value
}

extension SQLCentralStore {
  func look<Value: Sendable>(
    _ body: @escaping @Sendable (any SQLSession) throws -> Value
  ) async throws -> Value {
    try await database.transaction(.writing, body)
  }
}

extension SQLiteCentralStore: OpenStore {}
extension PostgreSQLCentralStore: OpenStore {}
