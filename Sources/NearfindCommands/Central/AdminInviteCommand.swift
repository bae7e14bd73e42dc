import ArgumentParser
import CentralServer

/// `nearfind admin invite`.
struct AdminInviteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "invite",
    abstract: "Make an invitation to register; list and take back invitations.",
    subcommands: [Add.self, List.self, Remove.self], defaultSubcommand: Add.self)

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make an invitation. Its token is printed this once.")
    @Option(help: "How many users may register with it.") var uses = 1
    @Option(help: "For how many days it holds.") var days = 7
    @OptionGroup var options: AdminOptions

    func validate() throws {
      guard (1...1_000_000).contains(uses) else {
        throw ValidationError("--uses must be from 1 to 1000000.")
      }
      guard (1...3650).contains(days) else {
        throw ValidationError("--days must be from 1 to 3650.")
      }
    }

    func run() async throws {
      let store = try await options.openStore()
      let (token, invitation) = try await Enrolment(store: store).invite(
        uses: uses, lifetime: Int64(days) * 24 * 3600 * 1000, at: CentralClock().wallMoment)
      try options.report(
        AdministrationDeed(
          action: "invited", subject: invitation.hash.text, secret: token.grouped,
          sentence: "\(token.grouped)\nGood for \(uses) registrations within \(days) days."))
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List invitations by their hashes; the tokens are not kept.")
    @OptionGroup var options: AdminOptions

    func run() async throws {
      try options.print(InvitationListView(try await options.openStore().invitations()))
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Take an invitation back.")
    @Argument(help: "The token, or its hash as it is listed.") var invitation: String
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let store = try await options.openStore()
      let candidates = [
        InvitationHash(stored: invitation), InvitationHash(of: InvitationToken(typed: invitation)),
      ]
      for hash in candidates where try await store.removeInvitation(hash) {
        return try options.report(
          AdministrationDeed(
            action: "removed", subject: hash.text, sentence: "The invitation holds no more."))
      }
      throw CommandFailure.wrongUse("There is no such invitation.")
    }
  }
}
