import SearchModel

/// The query language as a table, for `--help`, the manual page and the web page.
public enum QueryHelp {
  public struct Entry: Hashable, Sendable {
    /// What to type, in general.
    public let syntax: String
    /// What it finds, in a few words.
    public let meaning: String
    /// A query that can be typed as it stands.
    public let example: String
  }

  /// How words are put together.
  public static let operators: [Entry] = [
    Entry(syntax: "a b", meaning: "both words", example: "annual report"),
    Entry(
      syntax: "a OR b", meaning: "either; binds the words beside it",
      example: "report pdf OR docx"),
    Entry(syntax: "-a, NOT a", meaning: "without the word", example: "report -draft"),
    Entry(syntax: "\"a b\"", meaning: "words in a row", example: "\"annual report\""),
    Entry(syntax: "a*", meaning: "words that start so", example: "repo*"),
    Entry(syntax: "*a*, *a", meaning: "words that hold this", example: "*port*"),
    Entry(syntax: "*.a", meaning: "file names that end so", example: "report *.pdf"),
    Entry(syntax: "(a b)", meaning: "a group", example: "-(draft old) report"),
  ]

  /// What may stand before a colon, directly before a word, a phrase or a group.
  public static let qualifiers: [Entry] = Qualifier.allCases.map(entry(for:))

  /// The types that `type:` knows.
  public static let typeNames = FileType.allCases.map(\.rawValue)

  /// The examples of a qualifier, for messages; the name itself where there is none.
  static func example(of name: String) -> String {
    Qualifier(spelling: name).map { entry(for: $0).example } ?? name
  }

  private static func entry(for qualifier: Qualifier) -> Entry {
    let name = qualifier.rawValue
    func entry(_ value: String, _ meaning: String, _ example: String) -> Entry {
      Entry(syntax: "\(name):\(value)", meaning: meaning, example: "\(name):\(example)")
    }
    return switch qualifier {
    case .name: entry("a", "in the file name", "\"annual report\"")
    case .title: entry("a", "in the document's own title", "budget")
    case .keyword: entry("a", "among the keywords", "(swift OR rust)")
    case .text: entry("a", "in the content", "invoice")
    case .directory: entry("a", "a word of the folder's path", "photos")
    case .fileExtension: entry("a", "the file name's extension", "(pdf OR docx)")
    case .type: entry("a", "a family: \(typeNames.joined(separator: ", "))", "image")
    case .folder: entry("a/b", "in this folder or below it", "photos/2024")
    case .owner: entry("a", "shared by this user", "jeon")
    case .size: entry(">a, <a, a..b", "bytes, with k M G T or KiB MiB GiB TiB", ">10M")
    case .date:
      entry(
        "a, a..b, >a, <a", "year, month, day, today, yesterday, 7d 2w 3m 1y",
        "2024-01..2024-06")
    case .hash:
      entry(
        "a", "the content with this hash of 64 digits", String(repeating: "0f", count: 32))
    }
  }
}
