import NearfindCommands

await Program.run(arguments: Array(CommandLine.arguments.dropFirst()))
