import ArgumentParser
import CentralServer
import RouterBands

/// `nearfind admin bands`.
struct AdminBandsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bands", abstract: "List the router bands, the way to each and who is there.")
  @OptionGroup var options: AdminOptions

  func run() async throws {
    try options.print(BandListView(try await options.openStore().loadTables()))
  }
}

/// `nearfind admin virtual-servers`.
struct AdminVirtualServersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "virtual-servers", abstract: "List the virtual servers and their groups.")
  @OptionGroup var options: AdminOptions

  func run() async throws {
    try options.print(VirtualServerListView(try await options.openStore().loadTables()))
  }
}

/// `nearfind admin override`.
struct AdminOverrideCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "override",
    abstract: "Name the bands of ranges of addresses, where tracing gets them wrong.",
    subcommands: [List.self, Add.self, Remove.self], defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List all overrides.")
    @OptionGroup var options: AdminOptions

    func run() async throws {
      try options.print(OverrideListView(try await options.openStore().bandOverrides()))
    }
  }

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "Put a range into the band of a name. The longest range that holds an address counts."
    )
    @Argument(help: "For example 10.20.0.0/16 or 2001:db8::/32.") var range: String
    @Argument(help: "1 to 64 letters, digits, '-', '_' or '.'.") var name: String
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let prefix = try AdminOverrideCommand.prefix(range)
      guard BandKey.isName(name) else {
        throw CommandFailure.wrongUse(
          "A band cannot be called \(name). Use 1 to 64 letters, digits, '-', '_' or '.'.")
      }
      try await options.openStore().setBandOverride(name, for: prefix)
      try options.report(
        AdministrationDeed(
          action: "added", subject: prefix.description,
          sentence: "\(prefix) is in the band m:\(name)."))
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Have a range traced again.")
    @Argument(help: "The range, as it is listed.") var range: String
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let prefix = try AdminOverrideCommand.prefix(range)
      let store = try await options.openStore()
      guard try await store.bandOverrides()[prefix] != nil else {
        throw CommandFailure.wrongUse("There is no override of \(prefix).")
      }
      try await store.setBandOverride(nil, for: prefix)
      try options.report(
        AdministrationDeed(
          action: "removed", subject: prefix.description,
          sentence: "The override of \(prefix) is removed."))
    }
  }

  private static func prefix(_ text: String) throws(CommandFailure) -> IPPrefix {
    guard let prefix = IPPrefix(text) else {
      throw .wrongUse("\(text) is no range of addresses. Write it as 10.20.0.0/16.")
    }
    return prefix
  }
}
