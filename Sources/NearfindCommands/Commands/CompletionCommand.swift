import ArgumentParser

/// `nearfind completion`: the script that teaches a shell to complete Nearfind's commands.
struct CompletionCommand: ParsableCommand {
  enum Shell: String, ExpressibleByArgument, CaseIterable {
    case bash
    case zsh
    case fish
  }

  static let configuration = CommandConfiguration(
    commandName: "completion",
    abstract: "Print a shell completion script.",
    discussion: """
      EXAMPLES:
        nearfind completion bash > ~/.local/share/bash-completion/completions/nearfind
        nearfind completion zsh > ~/.zfunc/_nearfind
        nearfind completion fish > ~/.config/fish/completions/nearfind.fish
      """
  )

  @Argument(help: "bash, zsh or fish.")
  var shell: Shell

  func run() throws {
    let known: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    Console.standard.output.emitLine(NearfindCommand.completionScript(for: known))
  }
}
