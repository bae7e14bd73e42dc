import ArgumentParser
import CentralServer
import Foundation

/// Options of every command that works on a central server's store.
struct CentralOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where the central server keeps its data.",
      discussion:
        "Default: NEARFIND_CENTRAL_DATA, else $XDG_DATA_HOME/nearfind-central, else "
        + "~/.local/share/nearfind-central.",
      valueName: "dir"), completion: .directory)
  var data: String?

  @Option(
    help: ArgumentHelp(
      "A PostgreSQL database instead of the embedded one: postgresql://USER@HOST/DATABASE.",
      discussion:
        "Default: NEARFIND_DATABASE. Use that for an address with a password: others can see "
        + "command lines.",
      valueName: "address"))
  var database: String?

  func directory(_ console: Console) throws(CommandFailure) -> CentralDirectory {
    try CentralDirectory(option: data, environment: console.environment)
  }

  /// The address of a PostgreSQL database; nil for the embedded one.
  func postgreSQL(_ console: Console) throws(CentralStoreError) -> PostgreSQLAddress? {
    let chosen =
      database ?? console.environment["NEARFIND_DATABASE"].flatMap { $0.isEmpty ? nil : $0 }
    guard let chosen else { return nil }
    return try PostgreSQLAddress(chosen)
  }

  /// The store of a central server that was started before.
  func openStore(_ console: Console) async throws -> any CentralStore {
    if let address = try postgreSQL(console) { return try await PostgreSQLCentralStore(address) }
    let path = try directory(console).databasePath
    guard FileManager.default.fileExists(atPath: path) else {
      throw CommandFailure.wrongUse(
        "There is no central server's database at \(path). Start one with nearfind central, or "
          + "name the right folder with --data.")
    }
    return try await SQLiteCentralStore(path: path)
  }
}

extension RegistrationMode: ExpressibleByArgument {}
