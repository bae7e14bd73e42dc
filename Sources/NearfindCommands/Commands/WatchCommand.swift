import ArgumentParser
import Cascade
import Foundation
import Node
import Protocol
import SearchModel

/// `nearfind watch`.
struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Report files that match a query as they are published.",
    discussion: """
      Prints what matches from now on, until Ctrl-C. The query is kept: the same command goes on \
      where it ended, and first reports what has come meanwhile. It goes through nearfind up, \
      which must be running. Without a query the kept ones are listed.

      EXAMPLES:
        nearfind watch budget 2025
        nearfind watch 'type:image in:holiday' --scope group
        nearfind watch minutes --json | jq -r .file.filename
        nearfind watch --forget budget 2025
      """
  )

  @Argument(
    parsing: .allUnrecognized,
    help: "What to look for, as for nearfind search. Files that match all of it are reported.")
  var query: [String] = []

  @Option(help: "How far to look: group, band or everywhere.")
  var scope: ScopeArgument = .everywhere

  @Option(help: ArgumentHelp("How often to look, in seconds.", valueName: "seconds"))
  var interval = 5

  @Flag(help: "Report what matches already, too.")
  var existing = false

  @Flag(help: "Report what has come since the last time, and end.")
  var once = false

  @Flag(help: "Keep the query no longer.")
  var forget = false

  @Flag(help: "Print one JSON object a line for programs.")
  var json = false

  @OptionGroup var colours: ColourOptions
  @OptionGroup var common: CommonOptions

  private var words: QueryWords { QueryWords(query) }

  func validate() throws {
    guard (1...3600).contains(interval) else {
      throw ValidationError("--interval goes from 1 to 3600 seconds.")
    }
    if let unknown = words.unknownOption {
      throw ValidationError(
        "Unknown option '\(unknown)'" + Suggestion.option(like: unknown, of: Self.self))
    }
    if words.text.isEmpty, forget { throw ValidationError("Say which query to forget.") }
  }

  func run() async throws {
    let console = Console.standard
    let directory = try common.dataDirectory(console)
    let folder = WatchFolder(directory)
    let text = words.text
    if text.isEmpty { return list(folder, console) }
    if forget {
      guard try folder.forget(query: text) else {
        throw CommandFailure.wrongUse("No such query is watched. Without one they are listed.")
      }
      return
    }
    let parsed = try SearchCommand.parse(text)
    guard let daemon = await LocalClient.connect(dataDirectory: directory.path) else {
      throw CommandFailure.failed(
        "nearfind up is not running, so nothing new can come. Start it in another terminal.")
    }
    let state =
      folder.load(query: text, scope: scope.rawValue)
      ?? WatchState(query: text, scope: scope.rawValue)
    let watch = Watch(
      query: parsed, daemon: daemon, folder: folder, interval: .seconds(interval),
      tellsPresent: existing, endsAtOnce: once, console: console,
      printer: NewsPrinter(
        query: parsed, isJSON: json, style: console.style(colours.choice, for: console.output)))
    try await Interruption.cancelling {
      try await watch.run(from: state)
    } onInterruption: {
    }
  }

  private func list(_ folder: WatchFolder, _ console: Console) {
    let states = folder.all()
    if states.isEmpty {
      console.complain("No query is watched. Begin with: nearfind watch QUERY")
    }
    for state in states {
      console.output.emitLine(
        TerminalText.printable(state.query) + "  (\(state.scope), "
          + Wording.count(state.seen.count, "file") + " seen)")
    }
  }
}
