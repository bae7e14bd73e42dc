import Foundation
import RouteTracing
import RouterBands

/// Plays a central server or a node inside a network of the tests, with the code that they use.
///
///     RouteProbe central PORT COUNT    Decides the bands of COUNT connections, then ends.
///     RouteProbe join NAME ADDRESS PORT    Traces, connects, claims, prints its own trace.
///     RouteProbe trace ADDRESS    Says in one line what came of it.
///
/// What the first two find out is printed as JSON, one document a line. It ends by itself within two minutes,
/// whatever the network does.
@main
enum RouteProbe {
  static let lifetime: UInt32 = 120

  static func main() async throws {
    // SIGALRM's own effect: nothing is left to wait for by then.
    alarm(lifetime)
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case "central" where arguments.count == 3:
      try await CentralPart(port: number(arguments[1]), count: number(arguments[2])).run()
    case "join" where arguments.count == 4:
      try await NodePart(
        name: arguments[1], central: address(arguments[2]), port: number(arguments[3])
      ).run()
    case "trace" where arguments.count == 2:
      let destination = try address(arguments[1])
      do throws(RouteTracingError) {
        let route = try await RouteTracer().trace(destination)
        print("\(destination) answered at \(route.answeredAt.map(String.init) ?? "no position")")
      } catch {
        print(error)
      }
    default:
      throw ProbeFailure("usage: RouteProbe central|join|trace …")
    }
  }

  private static func number<Number: FixedWidthInteger>(_ text: String) throws -> Number {
    guard let value = Number(text) else { throw ProbeFailure("\(text) is no number") }
    return value
  }

  private static func address(_ text: String) throws -> IPAddress {
    guard let value = IPAddress(text) else { throw ProbeFailure("\(text) is no address") }
    return value
  }
}

struct ProbeFailure: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) {
    self.description = description
  }

  init(call: String) {
    description = "\(call): \(String(cString: strerror(errno)))"
  }
}

/// What a node says of itself when it connects.
struct Claim: Codable {
  var name: String
  var local: IPAddress
  var path: RouterPath
}

/// What the central server made of a connection.
struct Placement: Codable {
  var name: String
  var peer: IPAddress
  var band: BandKey
  var rule: BandDecision.Rule
  var path: RouterPath
  var answeredAt: Int?
  var synTTL: Int?
  var reasons: [String]
}

/// What a node found out itself.
struct ForwardTrace: Codable {
  var name: String
  var route: TracedRoute
}

enum Report {
  static func print(_ document: some Encodable) throws {
    var line = try JSONEncoder().encode(document)
    line.append(UInt8(ascii: "\n"))
    try FileHandle.standardOutput.write(contentsOf: line)
  }
}
