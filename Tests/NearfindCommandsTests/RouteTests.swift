import Foundation
import RouteTracing
import RouterBands
import Testing

@testable import NearfindCommands

/// `nearfind route`: what it prints, and the built program on this machine's loopback.
@Suite struct RouteTests {
  private static let plain = TerminalStyle(isColoured: false)
  private static let route = TracedRoute(
    destination: IPAddress("198.51.100.7")!,
    path: RouterPath([
      Hop(IPAddress("192.168.0.1"), roundTrip: .microseconds(420)), .silent,
      Hop(IPAddress("203.0.113.1"), roundTrip: .microseconds(12_345)),
    ]), answeredAt: 4, roundTrip: .milliseconds(15))

  @Test func theWayFromHere() {
    let lines = RouteReport(from: Self.route, name: "central.example.org").lines(Self.plain)
    #expect(
      lines.prefix(5) == [
        "From here to central.example.org (198.51.100.7):",
        "  1  192.168.0.1     0.42 ms",
        "  2  *",
        "  3  203.0.113.1    12.35 ms",
        "  4  198.51.100.7   15.00 ms",
      ])
    // Nothing pretends to know the band.
    #expect(lines.joined(separator: " ").contains("band of this machine is not known from here"))
  }

  @Test func aSilentDestinationIsSaid() {
    var route = Self.route
    route.answeredAt = nil
    route.roundTrip = nil
    route.refusedBy = IPAddress("203.0.113.1")
    let report = RouteReport(from: route, name: "198.51.100.7")
    let lines = report.lines(Self.plain)
    #expect(lines[0] == "From here to 198.51.100.7:")
    #expect(lines.contains("198.51.100.7 did not answer."))
    #expect(lines.contains("203.0.113.1 did not let the probes pass."))
    #expect(!report.isSilent)
    let nothing = RouteReport(from: TracedRoute(destination: route.destination), name: "x")
    #expect(nothing.isSilent)
  }

  @Test func theCentralServersAnswerShowsTheBandAndWhy() {
    let decision = BandKey.decide(Self.route.observation())
    let report = RouteReport(of: decision, peer: Self.route.destination)
    let lines = report.lines(Self.plain)
    #expect(lines[0] == "From the central server to this machine, 198.51.100.7:")
    #expect(lines.contains("Band: r:203.0.113.1"))
    #expect(lines.suffix(decision.reasons.count) == decision.reasons)
    #expect(!lines.joined().contains("not known from here"))
  }

  @Test func coloursAreOnlyAddedAround() {
    let report = RouteReport(from: Self.route, name: "x")
    let coloured = report.lines(TerminalStyle(isColoured: true)).joined(separator: "\n")
    #expect(coloured.contains("\u{1B}["))
    let bare = coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "")
    #expect(bare == report.lines(Self.plain).joined(separator: "\n"))
  }

  @Test(arguments: ["127.0.0.1", "::1", "localhost"])
  func loopback(_ address: String) async throws {
    let sandbox = try Sandbox()
    let outcome = try await sandbox.run("route", address)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines.first?.hasPrefix("From here to \(address)") == true)
    #expect(outcome.lines[1].hasPrefix("  1  "))
    #expect(!outcome.output.contains("\u{1B}"))
  }

  @Test func json() async throws {
    let sandbox = try Sandbox()
    let outcome = try await sandbox.run("route", "127.0.0.1", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let document = try JSONReading.object(outcome.output)
    #expect(document["address"] as? String == "127.0.0.1")
    #expect(document["origin"] as? String == "here")
    #expect(document["position"] as? Int == 1)
    #expect(document["band"] == nil)
  }

  /// The name is reserved: nobody has it (RFC 6761).
  @Test func anUnknownNameIsAFailureThatSaysWhatToDo() async throws {
    let sandbox = try Sandbox()
    let outcome = try await sandbox.run("route", "no-such-machine.invalid")
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("no-such-machine.invalid"))
    #expect(outcome.errors.contains("Check the name"))
  }
}
