import ArgumentParser
import Foundation
import Node
import RouterBands

/// `nearfind up`.
struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up",
    abstract: "Keep the index up to date and take part in the network, until stopped.",
    discussion: """
      Follows the changes in all indexed folders. After nearfind register or login it
      also shares them with the group of this machine, and searches find the group's
      files too. While it runs, the other commands go through it.

      It ends in order with Ctrl-C, SIGTERM or nearfind down. To have it always running:
      systemctl --user enable --now nearfind

      EXAMPLES:
        nearfind up
        nearfind up --capacity 50
        nearfind up --listen 0.0.0.0:7441 --upload-rate 5M
      """
  )

  @Option(
    help: ArgumentHelp(
      "How many other machines this one serves at most; found out if not given.",
      valueName: "count"))
  var capacity: Int?

  @Flag(help: "Names only: read no content.")
  var noContent = false

  @Option(
    help: ArgumentHelp(
      "Where other machines fetch files, as ADDRESS:PORT; else any port, kept.",
      valueName: "address"))
  var listen: FileListenAddress?

  @Option(
    help: ArgumentHelp(
      "How much they may fetch altogether, in bytes a second: 500k, 5M; no limit if not given.",
      valueName: "rate"))
  var uploadRate: ByteRate?

  @Option(
    help: ArgumentHelp("How many transfers there may be at once.", valueName: "count"))
  var uploads = UploadLimits().transfers

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard capacity.map({ (0...10_000).contains($0) }) ?? true else {
      throw ValidationError("--capacity goes from 0 to 10000.")
    }
    guard (1...1_000).contains(uploads) else {
      throw ValidationError("--uploads goes from 1 to 1000.")
    }
  }

  private var serving: FileServing {
    var limits = UploadLimits()
    limits.bytesPerSecond = uploadRate?.bytesPerSecond
    limits.transfers = uploads
    limits.transfersPerPeer = min(limits.transfersPerPeer, uploads)
    return FileServing(host: listen?.host, port: listen?.port ?? 0, limits: limits)
  }

  func run() async throws {
    // A pipe to a process that has ended is an error to be handled, not a reason to end.
    signal(SIGPIPE, SIG_IGN)
    let console = Console.standard
    let directory = try common.dataDirectory(console)
    var options = IndexingSession.Options()
    options.readsContents = !noContent
    let daemon = try await Composition.daemon(
      directory, options: options, capacity: CapacityRule(fixed: capacity), serving: serving,
      console: console)
    try await Interruption.asking {
      try await daemon.run { console.complain("Running.") }
    } toStop: {
      console.complain("Stopping.")
      Task { await daemon.stop() }
    }
    console.complain("Stopped.")
  }
}
