import ArgumentParser
import Exchange
import Foundation
import Node
import Protocol
import SearchModel

/// `nearfind get`.
struct GetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "get",
    abstract: "Fetch files that were found.",
    discussion: """
      A file is named by its number in the last search, by its content's hash, or by its record's \
      key (search --json shows both). It comes from all machines that have it, the nearest and \
      fastest first, and every part is verified by the hash when it comes. After an interruption \
      the same command goes on where it was, also from other machines.

      Nothing that is there is replaced without --force. An unfinished file lies beside its \
      place as .NAME.nearfind-part.

      EXAMPLES:
        nearfind get 1
        nearfind get 2 5 --to ~/Downloads
        nearfind get 3 --to plan.pdf --force
        nearfind get 1 --to - | tar tz
      """
  )

  @Argument(help: "The number of a hit, a content hash or a record key; several for several files.")
  var what: [String]

  @Option(
    help: ArgumentHelp(
      "A folder, or the file to make; - for standard output. The working directory if not given.",
      valueName: "place"),
    completion: .file())
  var to: String?

  @Flag(help: "Replace a file that is there, once the new one is whole.")
  var force = false

  @OptionGroup var common: CommonOptions

  private var isForPipe: Bool { to == "-" }

  func validate() throws {
    for text in what where FetchSelection(text) == nil {
      throw ValidationError(
        "'\(text)' is no number of a hit (1 and up), no hash of 64 digits and no record's key.")
    }
    if what.count > 1, isForPipe {
      throw ValidationError("Only one file at a time goes to standard output.")
    }
  }

  func run() async throws {
    // Whoever reads may end before the file does.
    signal(SIGPIPE, SIG_IGN)
    let console = Console.standard
    let directory = try common.dataDirectory(console)
    if what.count > 1, let to, !Self.isFolder(to) {
      throw CommandFailure.wrongUse("\(to) is no folder, and there are several files to fetch.")
    }
    if isForPipe, console.output.isTerminal {
      throw CommandFailure.wrongUse(
        "A file's bytes would garble the terminal. Name a file with --to, or pipe the output.")
    }
    let getter = try await Composition.fileGetter(directory)
    var worst: ExitStatus?
    for text in what {
      guard let selection = FetchSelection(text) else { continue }
      do {
        try await Interruption.cancelling { [self] in
          try await get(selection, named: text, getter, directory, console)
        } onInterruption: {
          console.complain("Stopping. The same command goes on from here.")
        }
      } catch let stop as CommandStatus {
        throw stop
      } catch {
        // The others are wanted all the same.
        guard what.count > 1 else { throw error }
        let status = (error as? CommandFailure)?.status ?? .failed
        console.complain("\(text): \(error)")
        if status.rawValue > worst?.rawValue ?? 0 { worst = status }
      }
    }
    if let worst { throw CommandStatus(worst) }
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  private func get(
    _ selection: FetchSelection, named text: String, _ getter: FileGetter,
    _ directory: DataDirectory, _ console: Console
  ) async throws {
    let last = LastAnswer.load(from: directory)
    let plan = try await plan(selection, named: text, last, getter, directory)
    if case .rank(let rank) = selection, let last {
      // Another terminal may have searched since.
      console.complain("Hit \(rank) of the search for \(last.query): \(plan.filename)")
    }
    if plan.claims.count > 1 {
      console.complain(
        "This content is said to have \(plan.claims.count) sizes, of which one is true; they are "
          + "tried one after another.")
    }
    do {
      try await fetch(plan, getter, console)
    } catch let error as FetchError where error.allowsAnotherAttempt {
      // Whoever had it may have gone, and others come, since the search.
      guard let fresh = try await freshPlan(like: plan, getter, directory) else { throw error }
      try await fetch(fresh, getter, console)
    }
  }

  private func fetch(_ plan: FetchPlan, _ getter: FileGetter, _ console: Console) async throws {
    let target = FetchTarget(isForPipe ? nil : to, filename: plan.filename)
    let line = ProgressLine(on: console.errors)
    defer { line.end() }
    let text = TransferText(
      name: TerminalText.printable(isForPipe ? plan.filename : target.path))
    do {
      let report = try await getter.fetch(
        anyOf: plan.claims,
        to: isForPipe ? .descriptor(STDOUT_FILENO) : .file(target, overwrites: force)
      ) { step in
        line.show { text.line(for: step) }
      } complaint: { source, reason in
        line.clear()
        console.complain("\(source) is left out: \(reason)")
      }
      line.end()
      guard !isForPipe else { return }
      console.output.emitLine(text.summary(of: report, byteCount: report.byteCount) + ".")
    } catch let error as FetchStorageError {
      throw CommandFailure(message: "\(error)", status: error.isWrongUse ? .wrongUse : .failed)
    }
  }

  // MARK: What is meant

  private func plan(
    _ selection: FetchSelection, named text: String, _ last: LastAnswer?, _ getter: FileGetter,
    _ directory: DataDirectory
  ) async throws -> FetchPlan {
    var copies = selection.copies(in: last?.hits ?? [])
    if case .hash(let hash) = selection {
      // More may have it than the last search showed.
      copies = selection.copies(in: try await found(hash, directory)) ?? copies
      if copies == nil, let own = getter.ownCopy(of: hash) {
        copies = [
          LastAnswer.Copy(
            key: "", filename: own.filename, size: own.byteCount, contentHash: hash, sources: [])
        ]
      }
    }
    guard let copies else {
      throw CommandFailure(message: Self.unknown(selection), status: .nothingFound)
    }
    let own = copies.first?.contentHash.flatMap { getter.ownCopy(of: $0)?.byteCount }
    guard let plan = FetchPlan(copies, own: own) else {
      throw CommandFailure.failed(
        "The content of \(copies.first?.filename ?? text) has not been read by its owner yet, so it "
          + "cannot be fetched. Search again in a while.")
    }
    return plan
  }

  private static func unknown(_ selection: FetchSelection) -> String {
    switch selection {
    case .rank(let rank):
      "The last search shows no hit \(rank). Search first: nearfind search WORDS"
    case .key: "The last search shows no record of this key. Search first: nearfind search WORDS"
    case .hash: "Nobody who can be asked now shares a file of this content."
    }
  }

  private func freshPlan(
    like plan: FetchPlan, _ getter: FileGetter, _ directory: DataDirectory
  ) async throws -> FetchPlan? {
    let copies = ((try? await found(plan.hash, directory)) ?? []).flatMap(\.copies)
    let own = getter.ownCopy(of: plan.hash)?.byteCount
    guard var fresh = FetchPlan(copies, own: own),
      Set(fresh.claims.flatMap(\.sources)) != Set(plan.claims.flatMap(\.sources))
    else { return nil }
    fresh.filename = plan.filename
    return fresh
  }

  /// Asks everywhere for a content; nothing where no daemon runs.
  private func found(
    _ hash: ContentHash, _ directory: DataDirectory
  ) async throws -> [LastAnswer.Found] {
    guard let daemon = await LocalClient.connect(dataDirectory: directory.path) else { return [] }
    let request = GroupSearchRequest(
      request: SearchRequest(
        query: .filter(.contentHash(hash)), limit: GroupPage.hitCount, collapsesDuplicates: false),
      isStrict: true, scope: "everywhere")
    let answer = try await daemon.search(request)
    return LastAnswer.found(
      answer.answer.answer, sources: answer.coverage.servers?.sources ?? [], offset: 0)
  }
}

extension FetchStorageError {
  /// Whether the command line can be put right, and nothing was done.
  fileprivate var isWrongUse: Bool {
    switch self {
    case .noFolder, .exists, .notAFile, .nameRefused: true
    case .inUse, .foreignPart, .diskFull, .tooLarge, .readOnly, .inputOutput, .receiverGone: false
    }
  }
}
