import ArgumentParser
import Foundation
import Node
import Protocol
import QueryLanguage
import SearchModel

/// `nearfind search`.
struct SearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Search the index.",
    discussion: """
      Files that match all of the query come first. When they do not fill the page, files that \
      match only some of its words follow below a line that says so, and a mistyped word is \
      replaced by the nearest spelling, which is said as well.

      EXAMPLES:
        nearfind search project plan
        nearfind search '"annual report" ext:pdf'
        nearfind search 'invoice OR 청구서' date:2024
        nearfind search 'type:image in:photos size:>1M' --sort date
        nearfind search report --scope everywhere --deadline 5s
        nearfind search report --json | jq -r '.hits[].file.filename'

      \(QueryTable.text)
      """
  )

  /// The most hits on one page. What lies deeper is better reached by narrowing the query, and
  /// every engine has to hold a page in memory.
  static let maximumLimit = 10_000

  @Argument(
    parsing: .allUnrecognized,
    help: "What to look for. Several arguments are one query; quote what the shell would eat.")
  var query: [String] = []

  @Flag(help: "Print one JSON document for programs.")
  var json = false

  @Flag(help: "Count the matches by type, extension, owner, folder and year.")
  var facets = false

  @Flag(help: "Say of each hit why it is here: the words, where they are, what each is worth.")
  var explain = false

  @Flag(help: "Only files that match all of the query, spelled as it is.")
  var strict = false

  @Flag(help: "List every copy of a file instead of one hit with the other places.")
  var allCopies = false

  @Option(help: "Order of the hits: relevance, or name, size, date with :asc or :desc.")
  var sort: SortArgument = .relevance

  @Option(help: "How many hits to show at most.")
  var limit = 10

  @Option(help: "How many hits to skip.")
  var offset = 0

  @Option(
    help: ArgumentHelp(
      "How far to go: group, band, nearest (until the page is full) or everywhere.",
      discussion: "Only while this machine takes part in a network (nearfind up)."))
  var scope: ScopeArgument = .nearest

  @Option(help: "How long to wait for farther machines, for example 500ms or 2s.")
  var deadline: DeadlineArgument = .standard

  @OptionGroup var colours: ColourOptions
  @OptionGroup var common: CommonOptions

  private var words: QueryWords { QueryWords(query) }

  func validate() throws {
    if words.text.isEmpty {
      throw ValidationError("Say what to look for, for example: nearfind search project plan")
    }
    if let unknown = words.unknownOption {
      throw ValidationError(
        "Unknown option '\(unknown)'" + Suggestion.option(like: unknown, of: Self.self))
    }
    guard (0...Self.maximumLimit).contains(limit) else {
      throw ValidationError("--limit goes from 0 to \(Self.maximumLimit).")
    }
    guard (0...1_000_000).contains(offset) else {
      throw ValidationError("--offset goes from 0 to 1000000.")
    }
  }

  func run() async throws {
    let console = Console.standard
    let text = words.text
    let parsed = try Self.parse(text)
    let directory = try common.dataDirectory(console)
    let request = SearchRequest(
      query: parsed, limit: limit, offset: offset, sort: sort.order,
      collapsesDuplicates: !allCopies, facets: facets ? Set(Facet.allCases) : [],
      explains: explain)
    let printer = AnswerPrinter(
      style: console.style(colours.choice, for: console.output),
      columns: console.output.columns ?? 100, explains: explain)
    let page = LivePage(on: json ? nil : console.output, environment: console.environment)
    let report = try await page.while {
      try await self.report(for: request, text: text, in: directory) { improved in
        page.show(printer.lines(for: improved))
      }
    }
    LastAnswer(report).keep(in: directory)
    if json {
      console.output.emit(try JSONDocument.text(of: AnswerDocument(report)))
    } else {
      console.output.emit(printer.lines(for: report).map { $0 + "\n" }.joined())
    }
    if !report.foundSomething {
      if try await isNothingIndexed(report, in: directory) {
        console.complain(
          "The index holds no file yet. Unless one is being made now, begin with: "
            + "nearfind index FOLDER")
      }
      throw CommandStatus(.nothingFound)
    }
  }

  /// Asks the daemon, which knows others' files too; without one the index itself.
  ///
  /// - Parameter improve: is called with each report that is better than the one before.
  private func report(
    for request: SearchRequest, text: String, in directory: DataDirectory,
    improve: @escaping @Sendable (SearchReport) -> Void
  ) async throws -> SearchReport {
    if let daemon = await LocalClient.connect(dataDirectory: directory.path) {
      do {
        let search = GroupSearchRequest(
          request: request, isStrict: strict, scope: scope.rawValue,
          deadline: deadline.milliseconds)
        let found = try await daemon.search(search) {
          if $0.isWorthShowing { improve(SearchReport(text, request, $0)) }
        }
        return SearchReport(text, request, found)
      } catch is PeerClientError {
        // It has just ended.
      }
    }
    let engine = try Composition.engineForSearching(directory)
    let explained = try await PersonalSearch(engine: engine)
      .explainedAnswer(to: request, isStrict: strict)
    return SearchReport(
      text: text, query: request.query, offset: request.offset, limit: request.limit,
      relaxed: explained.relaxed, spellings: explained.spellings)
  }

  private func isNothingIndexed(
    _ report: SearchReport, in directory: DataDirectory
  ) async throws -> Bool {
    if let coverage = report.coverage { return coverage.recordCount == 0 }
    let engine = try Composition.engineForSearching(directory)
    return try await engine.statistics(for: .nothing).documentCount == 0
  }

  /// - Throws: a failure that shows the query with a caret below the fault.
  static func parse(_ text: String) throws(CommandFailure) -> Query {
    let moment = QueryMoment(
      now: Int64(Date().timeIntervalSince1970), timeZone: .current)
    do {
      return try QueryParser(moment: moment).parse(text)
    } catch {
      throw .wrongUse("\(error)\n\(error.excerpt(of: text).text)")
    }
  }
}
