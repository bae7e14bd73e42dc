/// The arguments of a command that are its query: a word to leave out begins with one hyphen, and
/// what follows `--` is of the query whatever it looks like.
struct QueryWords: Hashable {
  /// The words in one line.
  let text: String

  /// What begins with two hyphens before any `--`: an option that does not exist; nil for none.
  let unknownOption: String?

  init(_ arguments: [String]) {
    unknownOption = arguments.prefix { $0 != "--" }.first { $0.hasPrefix("--") }
    var words = arguments
    if let terminator = words.firstIndex(of: "--") { words.remove(at: terminator) }
    text = words.allSatisfy(\.isEmpty) ? "" : words.joined(separator: " ")
  }
}
