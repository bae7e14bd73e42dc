import ArgumentParser
import Foundation

/// `nearfind doctor`.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check the installation, and say what to do about what is missing.",
    discussion: """
      EXAMPLES:
        nearfind doctor
        nearfind doctor --verify
        nearfind doctor --json

      EXIT STATUS:
        0  everything needed works; a missing helper program is said and costs its files' content
        3  something needed does not work
      """
  )

  @Flag(help: "Print one JSON document for programs.")
  var json = false

  @Flag(help: "Look at every byte of the index for damage. Takes as long as reading it.")
  var verify = false

  @OptionGroup var colours: ColourOptions
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let console = Console.standard
    let directory = try common.dataDirectory(console)
    let examination = Examination(
      directory: directory, environment: console.environment, verifies: verify)
    let document = await examination.document()
    if json {
      console.output.emit(try JSONDocument.text(of: document))
    } else {
      let style = console.style(colours.choice, for: console.output)
      console.output.emit(document.lines(style).map { $0 + "\n" }.joined())
    }
    if document.hasProblem { throw CommandStatus(.failed) }
  }
}
