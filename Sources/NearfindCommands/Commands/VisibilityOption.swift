import ArgumentParser
import SearchModel

/// `--visible everyone|band|USER,USER`.
struct VisibilityOption: ParsableArguments {
  static let help = ArgumentHelp(
    "Who may see them: everyone, band (machines behind the same router), or users by name.",
    discussion: "user: alone is nobody but you. Your own searches always find them.",
    valueName: "everyone|band|user,user")

  @Option(help: Self.help)
  var visible: Visibility?
}

extension Visibility: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }

  public static var defaultCompletionKind: CompletionKind { .list(["everyone", "band"]) }
}
