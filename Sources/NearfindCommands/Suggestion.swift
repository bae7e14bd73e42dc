import ArgumentParser
import TextAnalysis

/// What a mistyped command or option might have meant.
enum Suggestion {
  /// The choice nearest to a word, at most two typing mistakes away, and fewer than the word has
  /// letters.
  static func nearest(to word: String, among choices: [String]) -> String? {
    let letters = SpellingDistance.letters(word)
    let limit = min(2, letters.count - 1)
    let near = choices.compactMap { choice in
      SpellingDistance.between(letters, SpellingDistance.letters(choice), limit: limit)
        .map { (choice: choice, distance: $0) }
    }
    return near.min { ($0.distance, $0.choice) < ($1.distance, $1.choice) }?.choice
  }

  /// - Parameter arguments: without the program's own name.
  /// - Throws: a failure when the first word, or the one behind `help`, is no command.
  static func checkCommand(of arguments: [String]) throws(CommandFailure) {
    var words = arguments[...]
    if words.first == "help" { words.removeFirst() }
    guard let word = words.first, !word.hasPrefix("-") else { return }
    let known = NearfindCommand.configuration.subcommands.map { $0.configuration }
    guard !known.contains(where: { $0.commandName == word }), word != "help" else { return }
    let commands = known.filter(\.shouldDisplay).compactMap(\.commandName)
    let advice =
      nearest(to: word, among: commands).map { "Did you mean: nearfind \($0)" }
      ?? "The commands are \(commands.joined(separator: ", "))."
    throw .wrongUse("There is no command `\(word)`. \(advice)")
  }

  /// ` Did you mean '--limit'?`, or nothing.
  static func option(like option: String, of command: any ParsableCommand.Type) -> String {
    let name = String(option.prefix { $0 != "=" })
    // The usage names no option where there are many.
    let options = command.helpMessage().split { !$0.isLetter && $0 != "-" }.map(String.init)
      .filter { $0.hasPrefix("--") && $0.count > 2 }
    return nearest(to: name, among: options).map { ". Did you mean '\($0)'?" } ?? ""
  }
}
