import ArgumentParser
import Node
import Protocol

extension CentralAddress: ExpressibleByArgument {
  public init?(argument: String) {
    self.init(argument)
  }
}

extension AuthorityFingerprint: ExpressibleByArgument {
  public init?(argument: String) {
    self.init(argument)
  }
}

/// What `nearfind register` and `nearfind login` have in common.
struct EnrolmentOptions: ParsableArguments {
  @Option(help: "The name of the user at the central server; your login name if none is given.")
  var user: String?

  @Option(
    help: ArgumentHelp(
      "The central server's fingerprint, as it prints it when it starts.",
      discussion: "Without it the first server that answers is trusted, and said to be."))
  var fingerprint: AuthorityFingerprint?

  @Option(
    help: ArgumentHelp(
      "Read the password from a file; - reads standard input.",
      discussion: "Without it the password is asked for on the terminal.", valueName: "file"),
    completion: .file())
  var passwordFile: String?

  @OptionGroup var common: CommonOptions

  /// Enrols this machine and says how it went.
  func enrol(_ intent: Enrolling.Intent, at central: CentralAddress) async throws {
    let console = Console.standard
    let directory = try common.dataDirectory(console)
    guard let user = user ?? console.environment["USER"], !user.isEmpty else {
      throw CommandFailure.wrongUse("Name the user: --user NAME")
    }
    try directory.create()
    let enrolling = try await Enrolling(
      in: NetworkFolder(dataDirectory: directory.path), at: central, pin: fingerprint)
    if enrolling.isFirstContact {
      console.complain(
        "Nothing proves yet that \(central) is the central server you mean. Compare this "
          + "fingerprint with the one that it prints; from now on only this one is trusted:\n"
          + "\(enrolling.fingerprint)")
    }
    let isNew = if case .register = intent { true } else { false }
    let password = try PasswordReader(file: passwordFile)
      .password(prompt: "Password for \(user): ", asksTwice: isNew)
    let membership = try await enrolling.enrol(intent, userid: user, password: password)
    let isRunning = await LocalClient.connect(dataDirectory: directory.path) != nil
    if !isRunning { await nameOwner(in: directory, console) }
    console.output.emitLine(
      TerminalText.printable(
        "This machine is a node of \(membership.userid). "
          + (isRunning
            ? "nearfind up runs as it was before: end it with nearfind down, then start it again."
            : "Take part with: nearfind up")))
  }

  /// Has the machine's own index say whose its records are now. No folder is looked at for that. The
  /// machine is a node whether it succeeds or not, and the next indexing makes up for it.
  private func nameOwner(in directory: DataDirectory, _ console: Console) async {
    do {
      guard try !Composition.catalogForReading(directory).shares().isEmpty else { return }
      let progress = ProgressLine(on: console.errors)
      defer { progress.clear() }
      let session = try await Composition.indexingSession(
        directory, options: .init(), isRebuilding: false, environment: console.environment,
        say: console.complain)
      try await session.publish { progress.show(.init($0)) }
    } catch CatalogError.missing {
      // Nothing was indexed yet.
    } catch {
      console.complain(
        "The index of this machine still names the owner of before: \(error)\n"
          + "It is brought up to date with: nearfind index")
    }
  }
}
