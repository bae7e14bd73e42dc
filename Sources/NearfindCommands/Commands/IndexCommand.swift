import ArgumentParser
import Foundation
import Node
import SearchModel

/// `nearfind index`.
struct IndexCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Read folders into the index, or bring it up to date.",
    discussion: """
      Names can be searched as soon as a folder has been looked through; what the files hold \
      follows. Only what is new or changed is read. It can be interrupted at any moment: the same \
      command goes on where it was. Without a folder all indexed ones are brought up to date.

      In a network a folder is visible to everyone, unless --visible says otherwise; a folder that \
      is indexed already stays visible to whom it was. See nearfind share.

      Hidden files and editors' temporary files are left out, and what a file named \
      .nearfindignore says, in the syntax of .gitignore. To take a folder out again: \
      nearfind forget.

      EXAMPLES:
        nearfind index ~/Documents /srv/shared
        nearfind index
        nearfind index ~/Documents --exclude '*.iso' --exclude 'build/'
        nearfind index --watch
      """
  )

  @Argument(
    help: ArgumentHelp("Folders to share with your searches.", valueName: "dir"),
    completion: .directory)
  var folders: [String] = []

  @OptionGroup var visibility: VisibilityOption

  @Flag(help: "Stay and keep the index up to date until Ctrl-C.")
  var watch = false

  @Option(
    help: ArgumentHelp(
      "With --watch: how often folders are looked at that the system cannot watch, in seconds.",
      valueName: "seconds"))
  var rescan = 300

  @Flag(help: "Build the index anew from the catalog. No file is read again for that.")
  var rebuild = false

  @Option(
    help: ArgumentHelp(
      "Leave out what this pattern matches, this time; may be repeated.",
      discussion: "For always, write it into a file named .nearfindignore.",
      valueName: "pattern"))
  var exclude: [String] = []

  @Flag(help: "Names only: read no content.")
  var noContent = false

  @OptionGroup var common: CommonOptions

  func validate() throws {
    if folders.contains(where: \.isEmpty) {
      throw ValidationError("A folder's name is empty.")
    }
    if folders.isEmpty, visibility.visible != nil {
      throw ValidationError("--visible needs folders that it is for.")
    }
    if exclude.contains(where: { $0.isEmpty || $0.contains("\n") }) {
      throw ValidationError("--exclude needs a pattern on one line.")
    }
    guard (1...86_400).contains(rescan) else {
      throw ValidationError("--rescan goes from 1 to 86400 seconds.")
    }
  }

  func run() async throws {
    let console = Console.standard
    let directory = try common.dataDirectory(console)
    try refuseNothingToDo(directory)
    let folders = try self.folders.map(ArgumentBytes.path(of:))
    // Before anything is made: a first try with a wrong name leaves no empty index behind.
    for folder in folders { try Catalog.check(folder) }
    if let daemon = await LocalClient.connect(dataDirectory: directory.path) {
      return try await index(folders, through: daemon, console)
    }
    let progress = ProgressLine(on: console.errors)
    let session = try await Composition.indexingSession(
      directory, options: options, isRebuilding: rebuild, environment: console.environment,
      say: console.complain)
    let staysOn = watch
    let isRebuilding = rebuild
    let visible = visibility.visible
    try await Interruption.cancelling {
      defer { progress.clear() }
      let began = ContinuousClock.now
      let summary = try await session.index(folders, visibility: visible) {
        progress.show(.init($0))
      }
      progress.clear()
      IndexingReport(summary: summary, duration: .now - began, isRebuilding: isRebuilding)
        .print(on: console)
      if staysOn {
        try await session.watch(notice: { notice in
          if notice.isForPeople { console.complain(notice.description) }
        })
      }
    } onInterruption: {
      progress.end()
      console.complain(
        "Stopping. What was read is kept; the same command goes on from here.")
    }
  }

  /// The daemon has the catalog; it does what is asked and goes on following changes.
  private func index(
    _ folders: [PathBytes], through daemon: LocalClient, _ console: Console
  ) async throws {
    guard !rebuild, exclude.isEmpty, !noContent else {
      throw CommandFailure.wrongUse(
        "nearfind up is running, and --rebuild, --exclude and --no-content are not for that. "
          + "End it first: nearfind down")
    }
    let began = ContinuousClock.now
    // Relative paths mean this process's folder, not the daemon's.
    let absolute = try folders.map { try Catalog.resolvedPath(of: $0).bytes }
    let progress = ProgressLine(on: console.errors)
    let answer = try await Interruption.cancelling {
      defer { progress.clear() }
      return try await daemon.index(absolute, visibility: visibility.visible) {
        progress.show(.init($0))
      }
    } onInterruption: {
      progress.end()
      console.complain(
        "This command ends. nearfind up goes on with the work; how far it is says: nearfind status")
    }
    var summary = IndexingSummary()
    summary.fileCount = answer.fileCount
    summary.changeCount = answer.changeCount
    summary.readCount = answer.readCount
    summary.readByteCount = answer.readByteCount
    summary.unreadableCount = answer.unreadableCount
    summary.postponedCount = answer.postponedCount
    summary.publishedCount = answer.publishedCount
    summary.absences = answer.absences
    IndexingReport(summary: summary, duration: .now - began).print(on: console)
    if watch { console.complain("nearfind up is running and follows further changes.") }
  }

  private var options: IndexingSession.Options {
    var options = IndexingSession.Options()
    options.readsContents = !noContent
    options.rescanInterval = .seconds(rescan)
    if !exclude.isEmpty {
      let lines = exclude.map { $0 + "\n" }.joined()
      options.rules = options.rules.adding(contents: Array(lines.utf8), in: .empty)
    }
    return options
  }

  /// Without a folder there must be one that is indexed already.
  private func refuseNothingToDo(_ directory: DataDirectory) throws {
    guard folders.isEmpty else { return }
    let message = "Nothing is indexed yet. Name a folder: nearfind index FOLDER"
    do throws(CatalogError) {
      let catalog = try Composition.catalogForReading(directory)
      guard try catalog.shares().isEmpty else { return }
    } catch {
      guard case .missing = error else { throw error }
    }
    throw CommandFailure.wrongUse(message)
  }
}

extension WatchNotice {
  /// Each change that is taken is no news; what is not as expected is.
  fileprivate var isForPeople: Bool {
    switch self {
    case .watching, .watchLimitReached, .eventsLost, .absent: true
    case .changed, .published: false
    }
  }
}

extension ProgressLine.Step {
  init(_ progress: IndexingProgress) {
    let (activity, unit) =
      switch progress.phase {
      case .scanning: ("looking through folders:", "files")
      case .publishing: ("indexing", "changes")
      case .reading: ("reading", progress.total == 1 ? "file" : "files")
      }
    let amount =
      progress.bytesTotal > 0
      ? "\(Wording.size(progress.bytesDone)) of \(Wording.size(progress.bytesTotal))" : nil
    self.init(
      activity: activity, done: progress.done, total: progress.total, unit: unit, amount: amount)
  }
}
