import Foundation
import Protocol
import TestSupport
import Testing

@testable import NearfindCommands

/// `nearfind register` and `nearfind login` as a person meets them.
@Suite(.serialized, .timeLimit(.minutes(5))) struct EnrolmentCommandTests {
  private static let password = "correct horse battery"
  private let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    try sandbox.write(Self.password + "\n", to: "password")
    try sandbox.write("wrong horse battery\n", to: "wrong")
  }

  private func register(
    _ user: String, at central: SandboxCentral, _ arguments: String...
  ) async throws -> Sandbox.Outcome {
    try await sandbox.run(
      ["register", central.address, "--user", user, "--data", sandbox.path("data-" + user)]
        + arguments)
  }

  private func registered(
    _ user: String, at central: SandboxCentral, _ arguments: String...
  ) async throws -> Sandbox.Outcome {
    try await sandbox.run(
      [
        "register", central.address, "--user", user, "--data", sandbox.path("data-" + user),
        "--fingerprint", central.fingerprint, "--password-file", sandbox.path("password"),
      ] + arguments)
  }

  /// There is no terminal here: had it come to the password, that would have been complained of.
  @Test func aWrongFingerprintSaysBothAndSendsNothing() async throws {
    try await SandboxCentral.with(sandbox) { central in
      let wrong = AuthorityFingerprint(certificateDER: [1, 2, 3]).description
      let outcome = try await register("ann", at: central, "--fingerprint", wrong)
      #expect(outcome.status == 3)
      for text in [wrong, central.fingerprint, "compare the fingerprint"] {
        #expect(outcome.errors.contains(text), "\(outcome.errors)")
      }
      #expect(!outcome.errors.contains("password"), "\(outcome.errors)")
      #expect(try await central.admin(sandbox, "users").output.contains("ann") == false)
      let mistyped = try await register("ann", at: central, "--fingerprint", "4HTR-9D2K")
      #expect(mistyped.status == 2 && mistyped.errors.contains("--fingerprint"))
      // It is still a first contact: nothing of the wrong one was kept.
      #expect(try await registered("ann", at: central).status == 0)
    }
  }

  @Test func anotherNetworksCentralServerGetsNoPassword() async throws {
    try await SandboxCentral.with(sandbox) { own in
      #expect(try await registered("ann", at: own).status == 0)
      try await SandboxCentral.with(sandbox, name: "other") { other in
        let data = sandbox.path("data-ann")
        let login = try await sandbox.run(
          "login", other.address, "--user", "ann", "--data", data)
        #expect(login.status == 3)
        for text in [own.fingerprint, other.fingerprint] {
          #expect(login.errors.contains(text), "\(login.errors)")
        }
        #expect(!login.errors.contains("password"), "\(login.errors)")
        let pinned = try await sandbox.run(
          "login", other.address, "--user", "ann", "--data", data, "--fingerprint",
          other.fingerprint)
        #expect(pinned.status == 3 && pinned.errors.contains("--data DIR"), "\(pinned.errors)")
        #expect(try await other.admin(sandbox, "users").output.contains("ann") == false)
        let good = try await sandbox.run(
          "login", own.address, "--user", "ann", "--data", data, "--password-file",
          sandbox.path("password"))
        #expect(good.status == 0, "\(good.errors)")
      }
    }
  }

  @Test func wrongPasswordsInALoopAreHeldUpAndTheWaitIsSaid() async throws {
    try await SandboxCentral.with(sandbox) { central in
      #expect(try await registered("ann", at: central).status == 0)
      #expect(try await registered("bob", at: central).status == 0)
      var last = ""
      for _ in 0..<40 where !last.contains("Too many attempts") {
        let outcome = try await sandbox.run(
          "login", central.address, "--user", "ann", "--data", sandbox.path("data-ann"),
          "--password-file", sandbox.path("wrong"))
        #expect(outcome.status == 3)
        last = outcome.errors
      }
      #expect(last.firstMatch(of: /Try again in \d+ seconds/) != nil, "\(last)")
      // The right one does not help before that time.
      let right = try await sandbox.run(
        "login", central.address, "--user", "ann", "--data", sandbox.path("data-ann"),
        "--password-file", sandbox.path("password"))
      #expect(right.status == 3 && right.errors.contains("Too many attempts"))
      // Who else comes from there is not held up.
      let bob = try await sandbox.run(
        "login", central.address, "--user", "bob", "--data", sandbox.path("data-bob"),
        "--password-file", sandbox.path("password"))
      #expect(bob.status == 0, "\(bob.errors)")
      #expect(!central.said.contains("horse"), "a password stands in the log")
      #expect(central.said.contains("wrong-credentials"))
    }
  }

  @Test func thePasswordIsAskedForAndNotShown() async throws {
    try await SandboxCentral.with(sandbox) { central in
      func ask(_ typed: [(prompt: String, answer: String)]) async throws -> Sandbox.Outcome {
        try await sandbox.runOnTerminal(
          [
            "register", central.address, "--user", "ann", "--fingerprint", central.fingerprint,
          ], typing: typed)
      }
      let differing = try await ask([
        ("Password for ann: ", Self.password + "\n"), ("Once more: ", "something else\n"),
      ])
      #expect(differing.status == 2 && differing.output.contains("The two passwords differ"))
      let interrupted = try await ask([("Password for ann: ", "\u{3}")])
      #expect(interrupted.status == 3 && interrupted.output.contains("Interrupted"))
      let outcome = try await ask([
        ("Password for ann: ", Self.password + "\n"), ("Once more: ", Self.password + "\n"),
      ])
      #expect(outcome.status == 0, "\(outcome.output)")
      for said in [differing, interrupted, outcome] {
        #expect(!said.output.contains("horse"), "\(said.output)")
      }
      #expect(outcome.output.contains("This machine is a node of ann"))
      let login = try await sandbox.runOnTerminal(
        ["login", "--user", "ann"], typing: [("Password for ann: ", Self.password + "\n")])
      #expect(login.status == 0 && !login.output.contains("Once more"), "\(login.output)")
    }
  }

  @Test func withoutATerminalItSaysHowElse() async throws {
    try await SandboxCentral.with(sandbox) { central in
      let outcome = try await register(
        "ann", at: central, "--fingerprint", central.fingerprint)
      #expect(outcome.status == 2 && outcome.errors.contains("--password-file -"))
      let first = try await register("ann", at: central)
      #expect(first.errors.contains("Compare this fingerprint"), "\(first.errors)")
      #expect(first.errors.contains(central.fingerprint))
    }
  }

  @Test func registrationIsClosedOrByInvitation() async throws {
    try await SandboxCentral.with(sandbox, ["--registration", "invitation"]) { central in
      let without = try await registered("ann", at: central)
      #expect(without.status == 3 && without.errors.contains("Ask for one"), "\(without.errors)")
      struct Made: Decodable { var secret: String }
      let made = try await central.admin(sandbox, "invite", "--uses", "1", "--json")
      let token = try JSONDecoder().decode(Made.self, from: Data(made.outputBytes)).secret
      #expect(try await registered("ann", at: central, "--invitation", token).status == 0)
      let again = try await registered("bob", at: central, "--invitation", token)
      #expect(again.status == 3 && again.errors.contains("used up"), "\(again.errors)")
    }
    try await SandboxCentral.with(sandbox, ["--registration", "closed"]) { central in
      let closed = try await registered("cat", at: central)
      #expect(closed.status == 3 && closed.errors.contains("Ask its operator"), "\(closed.errors)")
      #expect(central.said.contains("registration-closed"))
    }
  }
}
