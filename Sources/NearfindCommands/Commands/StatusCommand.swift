import ArgumentParser
import Foundation
import Node
import SearchModel

/// `nearfind status`.
struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show what is indexed, and how much.",
    discussion: """
      EXAMPLES:
        nearfind status
        nearfind status --json

      EXIT STATUS:
        0  said
        3  the index is damaged; the last lines say what to do
      """
  )

  @Flag(help: "Print one JSON document for programs.")
  var json = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let console = Console.standard
    let directory = try common.dataDirectory(console)
    let document = try await StatusDocument(of: directory)
    if json {
      console.output.emit(try JSONDocument.text(of: document))
    } else {
      console.output.emit(document.lines.map { TerminalText.printable($0) + "\n" }.joined())
    }
    if document.indexProblem != nil { throw CommandStatus(.failed) }
  }
}
