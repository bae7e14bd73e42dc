import ArgumentParser
import Node

/// `nearfind register`.
struct RegisterCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "register",
    abstract: "Register a new user at a central server, with this machine.",
    discussion: """
      The machine makes a key of its own and gets a certificate for it. The key never
      leaves the machine. For another machine of the same user: nearfind login. Give the
      fingerprint that the central server prints, so that no other can take its place.

      EXAMPLES:
        nearfind register central.example.org --user ann
        nearfind register 192.0.2.7:7440 --user ann --invitation K3Q9
      """
  )

  @Argument(help: ArgumentHelp("The central server: HOST or HOST:PORT.", valueName: "central"))
  var central: CentralAddress

  @Option(help: "The invitation, where the central server wants one.")
  var invitation: String?

  @OptionGroup var options: EnrolmentOptions

  func run() async throws {
    try await options.enrol(.register(invitation: invitation), at: central)
  }
}
