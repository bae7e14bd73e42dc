import ArgumentParser
import CentralServer

/// `nearfind admin`.
struct AdminCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "admin",
    abstract: "See and change what a central server knows, for its operator.",
    discussion: """
      These commands work on the central server's store, whether it runs or not. One that \
      runs notices a change within seconds.

      EXAMPLES:
        nearfind admin users
        nearfind admin users disable alice
        nearfind admin users revoke n-abcdefghijklmnopqrstuvwx
        nearfind admin bands
        nearfind admin virtual-servers --json
        nearfind admin override add 10.20.0.0/16 library
        nearfind admin invite --uses 5 --days 7
      """,
    subcommands: [
      AdminUsersCommand.self, AdminBandsCommand.self, AdminVirtualServersCommand.self,
      AdminOverrideCommand.self, AdminInviteCommand.self,
    ]
  )
}

/// Options of all of them.
struct AdminOptions: ParsableArguments {
  @Flag(help: "Print one JSON document for programs.")
  var json = false

  @OptionGroup var central: CentralOptions

  func openStore() async throws -> any CentralStore {
    try await central.openStore(.standard)
  }

  func print(_ view: some AdministrationView) throws {
    let console = Console.standard
    console.output.emit(
      json ? try JSONDocument.text(of: view) : TextTable.text(of: view.table))
  }

  /// Says that something was done.
  func report(_ deed: AdministrationDeed) throws {
    let console = Console.standard
    console.output.emit(
      json
        ? try JSONDocument.text(of: deed) : TerminalText.printableLines(deed.sentence) + "\n")
  }
}

/// What a command that changes something answers.
struct AdministrationDeed: Codable, Hashable, Sendable {
  /// What was done, in one word for programs.
  var action: String
  /// To whom or what.
  var subject: String
  /// A secret that is shown this once.
  var secret: String?
  /// For people.
  var sentence: String
}

/// A table for people, its columns lined up.
enum TextTable {
  static func text(of table: AdministrationTable) -> String {
    let rows = ([table.headings] + table.rows).map { $0.map(TerminalText.printable) }
    let widths = table.headings.indices.map { column in
      rows.map { DisplayWidth.of($0[column]) }.max() ?? 0
    }
    return rows.map { row in
      let cells = zip(row, widths).map { DisplayWidth.padded($0, to: $1) }
      let line = cells.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
    }.joined()
  }
}
