import ArgumentParser
import Node

/// `nearfind login`.
struct LoginCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "login",
    abstract: "Make this machine a node of a user who is registered.",
    discussion: """
      Also for a machine whose certificate has expired because it was away for long: it
      stays the node that it was.

      EXAMPLES:
        nearfind login central.example.org --user ann
        nearfind login --user ann
      """
  )

  @Argument(
    help: ArgumentHelp(
      "The central server: HOST or HOST:PORT; the one of before if none is named.",
      valueName: "central"))
  var central: CentralAddress?

  @OptionGroup var options: EnrolmentOptions

  func run() async throws {
    let directory = try options.common.dataDirectory(.standard)
    let known = try NetworkMembership.load(from: NetworkFolder(dataDirectory: directory.path))
    guard let central = central ?? known?.centralServers.first else {
      throw CommandFailure.wrongUse("Name the central server: nearfind login HOST --user NAME")
    }
    try await options.enrol(.login, at: central)
  }
}
