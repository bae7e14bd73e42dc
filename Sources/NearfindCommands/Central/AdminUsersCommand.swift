import ArgumentParser
import CentralServer
import Placement

/// `nearfind admin users`.
struct AdminUsersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "users",
    abstract: "List users and their nodes; disable and revoke them; reset a password.",
    subcommands: [
      List.self, Nodes.self, Disable.self, Enable.self, Revoke.self, Restore.self,
      ResetPassword.self,
    ],
    defaultSubcommand: List.self
  )

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List all users.")
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let store = try await options.openStore()
      var users: [User] = []
      while true {
        let page = try await store.users(after: users.last?.serial, limit: 10_000)
        users += page
        if page.count < 10_000 { break }
      }
      try options.print(
        UserListView(users: users, nodes: try await store.nodeCredentials(of: nil)))
    }
  }

  struct Nodes: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the nodes of a user.")
    @Argument(help: "The user's id.") var user: String
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let store = try await options.openStore()
      let found = try await AdminUsersCommand.find(user, in: store)
      try options.print(
        NodeListView(try await store.nodeCredentials(of: found.serial)))
    }
  }

  struct Disable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let a user in no more, and end the membership of all their nodes.")
    @Argument(help: "The user's id.") var user: String
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let store = try await options.openStore()
      let found = try await AdminUsersCommand.find(user, in: store)
      _ = try await store.revoke(.user(found.serial), at: CentralClock().wallMoment)
      try options.report(
        AdministrationDeed(
          action: "disabled", subject: found.identifier.name,
          sentence: "\(found.identifier.name) is disabled."))
    }
  }

  struct Enable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let a disabled user in again. Nodes that were revoked stay so.")
    @Argument(help: "The user's id.") var user: String
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let store = try await options.openStore()
      let found = try await AdminUsersCommand.find(user, in: store)
      _ = try await store.reinstate(.user(found.serial), at: CentralClock().wallMoment)
      try options.report(
        AdministrationDeed(
          action: "enabled", subject: found.identifier.name,
          sentence: "\(found.identifier.name) is enabled."))
    }
  }

  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Trust a node no more, such as one that was stolen.")
    @Argument(help: "The node's name; see nearfind admin users nodes.") var node: String
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let store = try await options.openStore()
      guard try await store.revoke(.node(NodeID(node)), at: CentralClock().wallMoment) else {
        throw CommandFailure.wrongUse("There is no node \(node).")
      }
      try options.report(
        AdministrationDeed(action: "revoked", subject: node, sentence: "\(node) is revoked."))
    }
  }

  struct Restore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Trust a revoked node again.")
    @Argument(help: "The node's name.") var node: String
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let store = try await options.openStore()
      guard try await store.reinstate(.node(NodeID(node)), at: CentralClock().wallMoment) else {
        throw CommandFailure.wrongUse("There is no node \(node).")
      }
      try options.report(
        AdministrationDeed(action: "restored", subject: node, sentence: "\(node) is restored."))
    }
  }

  struct ResetPassword: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "reset-password",
      abstract: "Give a user a new password, which is printed this once.")
    @Argument(help: "The user's id.") var user: String
    @OptionGroup var options: AdminOptions

    func run() async throws {
      let store = try await options.openStore()
      let found = try await AdminUsersCommand.find(user, in: store)
      var generator = SystemRandomNumberGenerator()
      let password = InvitationToken.random(using: &generator).grouped
      try await Enrolment(store: store).resetPassword(
        userid: found.identifier.name, to: password)
      try options.report(
        AdministrationDeed(
          action: "password-reset", subject: found.identifier.name, secret: password,
          sentence: "The new password of \(found.identifier.name): \(password)"))
    }
  }

  private static func find(_ name: String, in store: any CentralStore) async throws -> User {
    guard let identifier = try? UserIdentifier(name),
      let found = try await store.credentials(of: identifier)
    else { throw CommandFailure.wrongUse("There is no user \(name).") }
    return found.user
  }
}
