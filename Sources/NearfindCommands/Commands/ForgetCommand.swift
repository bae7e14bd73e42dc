import ArgumentParser
import Node
import SearchModel

/// `nearfind forget`.
struct ForgetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget",
    abstract: "Take folders out of the index. Their files stay as they are.",
    discussion: """
      The folder need not be there any more. nearfind status lists the folders that are indexed.

      EXAMPLES:
        nearfind forget ~/Documents
        nearfind forget /srv/shared /media/usb-stick
      """
  )

  @Argument(
    help: ArgumentHelp("Indexed folders that searches shall not find any more.", valueName: "dir"),
    completion: .directory)
  var folders: [String]

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if folders.contains(where: \.isEmpty) {
      throw ValidationError("A folder's name is empty.")
    }
  }

  func run() async throws {
    let console = Console.standard
    let directory = try common.dataDirectory(console)
    let folders = try self.folders.map(ArgumentBytes.path(of:))
    // Refused before anything is made or locked.
    do throws(CatalogError) {
      let catalog = try Composition.catalogForReading(directory)
      for folder in folders { _ = try catalog.share(at: folder) }
    } catch {
      if case .missing = error {
        throw CommandFailure.wrongUse("Nothing is indexed, so there is nothing to forget.")
      }
      throw error
    }
    if let daemon = await LocalClient.connect(dataDirectory: directory.path) {
      let absolute = folders.map { Catalog.absolutePath(of: $0).bytes }
      let answer = try await daemon.forget(absolute)
      for folder in answer.folders { say(PathBytes(folder), console) }
      return
    }
    let session = try await Composition.indexingSession(
      directory, options: .init(), isRebuilding: false, environment: console.environment,
      say: console.complain)
    for share in try await session.forget(folders) {
      say(share.root, console)
    }
  }

  private func say(_ folder: PathBytes, _ console: Console) {
    console.output.emitLine(
      TerminalText.printable("Forgotten: \(folder.text). Its files stay as they are."))
  }
}
