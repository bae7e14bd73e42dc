import ArgumentParser
import Foundation
import Node
import SearchModel

/// `nearfind share …`: which folders are shared, and with whom.
struct ShareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "share",
    abstract: "Say which folders are shared, and who may see them.",
    discussion: """
      A folder is visible to everyone in the network unless you say otherwise; your own searches \
      always find it. What you change holds within seconds, however many files the folder has.

      EXAMPLES:
        nearfind share add ~/Documents --visible band
        nearfind share set ~/Documents --visible ann,bob
        nearfind share list
        nearfind share remove ~/Documents
      """,
    subcommands: [
      ShareAddCommand.self, ShareSetCommand.self, ShareListCommand.self, ShareRemoveCommand.self,
    ])
}

/// `nearfind share add`: `nearfind index` for people who think of sharing.
struct ShareAddCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Share folders.",
    discussion: """
      The same as nearfind index with folders. For a folder that is shared already, --visible \
      changes who may see it.

      EXAMPLES:
        nearfind share add ~/Documents
        nearfind share add ~/Music ~/Pictures --visible band
        nearfind share add ~/Accounts --visible ann,bob
      """)

  @Argument(help: ArgumentHelp("Folders to share.", valueName: "dir"), completion: .directory)
  var folders: [String]

  @OptionGroup var visibility: VisibilityOption

  @Flag(help: "Names only: read no content.")
  var noContent = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    var arguments = common.data.map { ["--data", $0] } ?? []
    if let visible = visibility.visible { arguments += ["--visible", visible.description] }
    if noContent { arguments.append("--no-content") }
    try await IndexCommand.parse(arguments + ["--"] + folders).run()
  }

  func validate() throws {
    if folders.contains(where: \.isEmpty) { throw ValidationError("A folder's name is empty.") }
  }
}

/// `nearfind share set`.
struct ShareSetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Change who may see shared folders.",
    discussion: """
      It holds at once for transfers and within seconds for searches.

      EXAMPLES:
        nearfind share set ~/Documents --visible everyone
        nearfind share set ~/Accounts --visible user:
      """)

  @Argument(
    help: ArgumentHelp("Folders that are shared.", valueName: "dir"), completion: .directory)
  var folders: [String]

  @Option(help: VisibilityOption.help)
  var visible: Visibility

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if folders.contains(where: \.isEmpty) { throw ValidationError("A folder's name is empty.") }
  }

  func run() async throws {
    let console = Console.standard
    let directory = try common.dataDirectory(console)
    let folders = try self.folders.map(ArgumentBytes.path(of:))
    // Refused before anything is changed.
    var roots: [PathBytes] = []
    do throws(CatalogError) {
      let catalog = try Composition.catalogForReading(directory)
      for folder in folders { roots.append(try catalog.share(at: folder).root) }
    } catch {
      if case .missing = error { throw CommandFailure.nothingShared }
      throw error
    }
    if let daemon = await LocalClient.connect(dataDirectory: directory.path) {
      for root in roots { try await daemon.setVisibility(visible, of: root.bytes) }
    } else {
      let catalog = try Composition.catalogForWriting(directory)
      for root in roots { try catalog.setVisibility(visible, of: root) }
    }
    for root in roots {
      console.output.emitLine(
        TerminalText.printable("\(root.text) is visible to \(Wording.audience(visible)) now."))
    }
  }
}

/// `nearfind share list`.
struct ShareListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the shared folders and who may see them.",
    discussion: """
      EXAMPLES:
        nearfind share list
        nearfind share list --json
      """)

  @Flag(help: "Print one JSON document for programs.")
  var json = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let console = Console.standard
    let directory = try common.dataDirectory(console)
    var shares: [Share] = []
    do throws(CatalogError) {
      shares = try Composition.catalogForReading(directory).shares()
    } catch {
      guard case .missing = error else { throw error }
    }
    let document = ShareListDocument(shares)
    if json {
      console.output.emit(try JSONDocument.text(of: document))
    } else if shares.isEmpty {
      console.complain("Nothing is shared yet. Share a folder: nearfind share add FOLDER")
    } else {
      console.output.emit(document.lines.map { TerminalText.printable($0) + "\n" }.joined())
    }
  }
}

/// `nearfind share remove`: `nearfind forget` by another name.
struct ShareRemoveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Share folders no longer. Their files stay as they are.",
    discussion: """
      The same as nearfind forget.

      EXAMPLES:
        nearfind share remove ~/Documents
      """)

  @Argument(
    help: ArgumentHelp("Folders that are shared.", valueName: "dir"), completion: .directory)
  var folders: [String]

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if folders.contains(where: \.isEmpty) { throw ValidationError("A folder's name is empty.") }
  }

  func run() async throws {
    let arguments = common.data.map { ["--data", $0] } ?? []
    try await ForgetCommand.parse(arguments + ["--"] + folders).run()
  }
}

extension CommandFailure {
  static let nothingShared = wrongUse(
    "Nothing is shared yet. Share a folder: nearfind share add FOLDER")
}
