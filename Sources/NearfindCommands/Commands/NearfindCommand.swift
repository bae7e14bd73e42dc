import ArgumentParser

/// `nearfind`: the words on the command line, and the command that each stands for.
struct NearfindCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "nearfind",
    abstract: "Find files in shared folders, nearest first.",
    discussion: """
      EXAMPLES:
        nearfind index ~/Documents     Read a folder; again to bring it up to date.
        nearfind search project plan   Find by name, title, keyword or content.
        nearfind search 회의록         Korean words are found with any particle.
        nearfind get 1                 Fetch the first file that was found.
        nearfind status                What is indexed, and how much.
        nearfind doctor                What is missing to read more kinds of files.
        nearfind register HOST         Join a network as a new user.
        nearfind up                    Follow changes, and take part in the network.

      EXIT STATUS:
        0  found, or done
        1  nothing found
        2  wrong use: the command line or the query is not understood
        3  failed
      """,
    version: version,
    subcommands: [
      IndexCommand.self, SearchCommand.self, GetCommand.self, WatchCommand.self,
      StatusCommand.self, ForgetCommand.self,
      RegisterCommand.self, LoginCommand.self, UpCommand.self, DownCommand.self,
      RouteCommand.self, DoctorCommand.self, CentralCommand.self, AdminCommand.self,
      EvaluateCommand.self, BenchmarkCommand.self, CompletionCommand.self,
      VirtualServerProcessCommand.self,
    ]
  )

  static let version = "0.1.0"
}

/// Options of every command that reads or writes what Nearfind knows.
struct CommonOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Where the catalog and the index are kept.",
      discussion:
        "Default: NEARFIND_DATA, else $XDG_DATA_HOME/nearfind, else ~/.local/share/nearfind.",
      valueName: "dir"),
    completion: .directory)
  var data: String?

  func dataDirectory(_ console: Console) throws(CommandFailure) -> DataDirectory {
    try DataDirectory(option: data, environment: console.environment)
  }
}

/// Options of commands that print for people.
struct ColourOptions: ParsableArguments {
  @Option(
    name: .customLong("color"),
    help: "Colours: auto (on a terminal; NO_COLOR and CLICOLOR_FORCE are heeded), always, never.")
  var choice: TerminalStyle.Choice = .auto
}

extension TerminalStyle.Choice: ExpressibleByArgument {}
