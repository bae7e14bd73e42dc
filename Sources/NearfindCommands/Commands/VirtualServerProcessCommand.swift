import ArgumentParser
import Foundation
import Protocol
import SearchModel
import VirtualServer

/// `nearfind virtual-server`: not for people. The daemon starts it, tells it on standard input whom to
/// serve, and hears on standard output how it stands.
struct VirtualServerProcessCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "virtual-server",
    abstract: "Keep the index of a group. Started by the daemon.",
    discussion: """
      Commands come in on standard input and events go out on standard output, one JSON object a \
      line. It ends when the commands end.

      EXAMPLES:
        nearfind virtual-server --data DIR --identity DIR --listen 0.0.0.0:0
      """,
    shouldDisplay: false
  )

  @Option(help: "Where the group's index is kept.")
  var data: String

  @Option(help: "Where this machine's key and certificate are.")
  var identity: String

  @Option(help: "Where to listen, as ADDRESS:PORT; port 0 for the last one or any.")
  var listen: String

  @Option(help: "How many records a node may have.")
  var quota = GroupIndexLimits().quota

  @Option(help: "How long the records of a node stay that has left, in seconds.")
  var releaseGrace = GroupIndexLimits().releaseGrace / 1000

  @Option(help: "After how many seconds of silence a node counts as missing.")
  var presenceGrace = GroupServiceLimits().presenceGrace / 1000

  @Option(help: "Bytes a second that one relay between two nodes passes on; 0 for no relays.")
  var relayRate = RelayLimits().bytesPerSecond

  @Option(help: "Bytes a second that all relays pass on.")
  var relayTotalRate = RelayLimits().totalBytesPerSecond

  @Option(help: "Relays at once.")
  var relays = RelayLimits().count

  @Option(help: "Bytes of one relay.")
  var relayBytes = RelayLimits().byteCount

  func validate() throws {
    guard NetworkEndpoint(listen) != nil else {
      throw ValidationError("--listen needs ADDRESS:PORT, for example 0.0.0.0:0 or [::]:0.")
    }
    guard quota >= 0, (0...1_000_000_000).contains(releaseGrace),
      (0...1_000_000_000).contains(presenceGrace), relayRate >= 0, relayTotalRate >= 0,
      (0...100_000).contains(relays), relayBytes >= 0
    else { throw ValidationError("A limit is negative or beyond all sense.") }
  }

  func run() async throws {
    guard let endpoint = NetworkEndpoint(listen) else { return }
    // A daemon that is gone is noticed by the end of its commands.
    signal(SIGPIPE, SIG_IGN)
    var limits = GroupServiceLimits()
    limits.index.quota = quota
    limits.index.releaseGrace = releaseGrace * 1000
    limits.presenceGrace = presenceGrace * 1000
    limits.relays.bytesPerSecond = relayRate
    limits.relays.totalBytesPerSecond = relayTotalRate
    limits.relays.count = relays
    limits.relays.byteCount = relayBytes
    let place = VirtualServerProcess.Place(
      data: data, identity: identity, host: endpoint.address, port: endpoint.port)
    let process = VirtualServerProcess(
      place: place, storage: Composition.groupStorage(at: place.index), limits: limits)
    do {
      try await Interruption.cancelling {
        try await process.run(commands: STDIN_FILENO, events: STDOUT_FILENO)
      } onInterruption: {
      }
    } catch let error as VirtualServerError {
      // For whoever starts it by hand; the daemon has it as an event.
      throw CommandFailure.failed("\(error)")
    }
  }
}
