import ArgumentParser
import Foundation
import Node
import WebPage

/// `nearfind open`.
struct OpenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open",
    abstract: "Open the page to search from in the browser.",
    discussion: """
      Prints the address of the page, which nearfind up serves to this machine alone, and opens it \
      where there is a desktop. The address holds a secret: whoever has it and a seat at this \
      machine can search as you.

      EXAMPLES:
        nearfind open
        nearfind open --print
      """
  )

  @Flag(help: "Print the address, and open nothing.")
  var print = false

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let console = Console.standard
    let directory = try common.dataDirectory(console)
    guard await LocalClient.connect(dataDirectory: directory.path) != nil else {
      throw CommandFailure.failed("Nearfind is not running. Start it with: nearfind up")
    }
    let note = PageNote(dataDirectory: directory.path)
    guard let address = try note.read() else {
      throw CommandFailure.failed("It runs without the page. Start it with: nearfind up")
    }
    console.output.emit(address.url + "\n")
    guard !print, hasDesktop(console.environment) else { return }
    let opener = Process()
    opener.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    opener.arguments = ["xdg-open", note.doorPath]
    opener.standardOutput = FileHandle.nullDevice
    opener.standardError = FileHandle.nullDevice
    do {
      try opener.run()
      opener.waitUntilExit()
    } catch {
      console.complain("No browser could be opened: \(error.localizedDescription)")
    }
  }

  private func hasDesktop(_ environment: [String: String]) -> Bool {
    ["DISPLAY", "WAYLAND_DISPLAY"].contains { environment[$0]?.isEmpty == false }
  }
}
