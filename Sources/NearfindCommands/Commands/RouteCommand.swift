import ArgumentParser
import RouteTracing
import RouterBands

/// `nearfind route`.
struct RouteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "route",
    abstract: "Show the routers on the way to a machine.",
    discussion: """
      Every router that answers is shown with its round trip, a silent one as *. No
      privilege is needed. The router band of this machine is decided by the central
      server, which traces in the other direction; from here it cannot be told.

      EXAMPLES:
        nearfind route central.example.org
        nearfind route 192.0.2.7 --json
        nearfind route --ipv6 central.example.org

      EXIT STATUS:
        0  somebody answered
        1  nobody answered
        2  wrong use
        3  the address is not known, or no probe could be sent
      """
  )

  @Argument(
    help: ArgumentHelp("The name or address of a machine.", valueName: "address"))
  var address: String

  @Flag(name: .customLong("ipv4"), help: "Use an IPv4 address.")
  var wantsIPv4 = false

  @Flag(name: .customLong("ipv6"), help: "Use an IPv6 address.")
  var wantsIPv6 = false

  @Flag(help: "Print one JSON document for programs.")
  var json = false

  @OptionGroup var colours: ColourOptions

  /// How often silent hops are asked.
  private static let rounds = 3

  func validate() throws {
    if address.isEmpty { throw ValidationError("The address is empty.") }
    if wantsIPv4 && wantsIPv6 { throw ValidationError("Choose one of --ipv4 and --ipv6.") }
  }

  func run() async throws {
    let console = Console.standard
    let target = RouteTarget(
      name: address, family: wantsIPv4 ? .ipv4 : wantsIPv6 ? .ipv6 : nil)
    let report = try await Interruption.cancelling {
      let destination = try await target.resolved()
      let route = try await Composition.routeTracer().trace(destination, rounds: Self.rounds)
      return RouteReport(from: route, name: target.name)
    } onInterruption: {
    }
    if json {
      console.output.emit(try JSONDocument.text(of: report))
    } else {
      let style = console.style(colours.choice, for: console.output)
      console.output.emit(report.lines(style).map { $0 + "\n" }.joined())
    }
    if report.isSilent { throw CommandStatus(.nothingFound) }
  }
}
