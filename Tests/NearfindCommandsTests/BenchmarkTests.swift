import Foundation
import TestSupport
import Testing

/// The benchmarks at a small scale, so that they never rot. What they measure is not judged here:
/// times on a busy machine prove nothing.
@Suite struct BenchmarkTests {
  let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
  }

  private struct Report: Decodable {
    struct Row: Decodable {
      var name: String
      var figures: [String: Double]
    }
    var columns: [String]
    var rows: [Row]
    var notes: [String]
  }

  private func report(_ arguments: String...) async throws -> Report {
    let scratch = sandbox.path("scratch")
    try FileManager.default.createDirectory(
      atPath: scratch, withIntermediateDirectories: true)
    let outcome = try await sandbox.run(
      ["benchmark"] + arguments + ["--json", "--scratch", scratch])
    #expect(outcome.status == 0, "\(outcome.errors)")
    // Nothing is left behind.
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch).isEmpty)
    return try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
  }

  @Test func indexingIsMeasuredAgainstXapianAndTantivy() async throws {
    let python = try #require(
      ProcessInfo.processInfo.environment["NEARFIND_PYTHON"],
      "make test sets NEARFIND_PYTHON to a Python that has tantivy")
    let report = try await report("index", "--records", "1500", "--python", python)
    #expect(report.rows.map(\.name) == ["nearfind", "plain loop over Xapian", "tantivy"])
    for row in report.rows {
      #expect(row.figures["records/s"] ?? 0 > 0)
      #expect(row.figures["bytes/record"] ?? 0 > 0)
    }
  }

  @Test func searchingIsMeasuredAgainstXapian() async throws {
    let report = try await report(
      "search", "--records", "1500", "--queries", "2", "--repetitions", "1")
    #expect(report.rows.count == 9)
    for row in report.rows { #expect(row.figures["nearfind ms"] ?? 0 > 0) }
    for row in report.rows { #expect(row.figures["cold ms"] ?? 0 > 0) }
    for ratio in ["ratio", "cold ratio"] {
      #expect(report.rows.filter { $0.figures[ratio] ?? 0 > 0 }.count == 8)
    }
  }

  @Test func scanningIsMeasuredAgainstFind() async throws {
    let report = try await report("scan", "--files", "300")
    #expect(report.rows.count == 6)
    for row in report.rows { #expect(row.figures["seconds"] ?? 0 > 0) }
    for row in report.rows.suffix(2) { #expect(row.figures["peak MiB"] ?? 0 > 1) }
  }

  @Test func placingIsMeasuredWithItsStore() async throws {
    let report = try await report(
      "central", "--nodes", "200", "--virtual-servers", "20", "--hours", "1")
    #expect(report.rows.map { $0.figures["count"] } == [20, 20, 180, 20, 20, 180])
    for row in report.rows { #expect(row.figures["a second"] ?? 0 > 0) }
    // Quiet reports write nothing.
    #expect(report.rows.suffix(2).allSatisfy { $0.figures["commits"] == 0 })
    // Virtual servers renew every 3 s, attached nodes report every 600 s, by a clock moved by hand:
    // the same on every machine.
    let counted = report.notes.joined(separator: "\n")
    let servers = try #require(counted.firstMatch(of: /25 virtual servers: ([0-9.]+)/))
    let attached = try #require(counted.firstMatch(of: /475 attached nodes: ([0-9.]+)/))
    #expect((1150...1202).contains(try #require(Double(servers.1))), "\(counted)")
    #expect((5.9...6.2).contains(try #require(Double(attached.1))), "\(counted)")
  }

  @Test func cascadesAreMeasuredOverRealConnections() async throws {
    let report = try await report(
      "cascade", "--virtual-servers", "4", "--records", "2000", "--queries", "2",
      "--repetitions", "2")
    #expect(report.rows.count == 13)
    for row in report.rows {
      #expect(row.figures["first ms"] ?? 0 > 0)
      #expect(row.figures["local ms"] ?? 0 > 0)
      #expect(row.figures["p99 ms"] ?? 0 >= row.figures["p50 ms"] ?? .infinity)
    }
    func figure(_ name: String, _ column: String) -> Double? {
      report.rows.first { $0.name == name }?.figures[column]
    }
    // Counted, not timed: the same on every machine. Statistics are asked for once a query.
    for kind in ["two words", "two common words", "prefix of five letters"] {
      let steady = try #require(figure("everywhere: \(kind)", "trips"))
      #expect(steady >= 1)
      #expect(figure("everywhere: \(kind)", "new trips") == steady + 1)
    }
    #expect(figure("everywhere: two words", "messages") == 3)
    #expect(figure("everywhere: two words, all indexes changed", "trips") == 2)
    // A page that the own group fills asks nobody; a word that nobody has is asked nowhere.
    #expect(figure("nearest: two common words", "messages") == 0)
    #expect(figure("everywhere: either of two absent words", "messages") == 0)
    #expect(figure("everywhere: either of two absent words", "pruned") == 3)
    let notes = report.notes.joined(separator: "\n")
    #expect(notes.contains("such as the central server: 0 of "), "\(notes)")
    #expect(notes.contains("did not answer: 0"), "\(notes)")
  }

  @Test func growthIsSimulatedAndDrawn() async throws {
    let svg = sandbox.path("growth.svg")
    let report = try await report(
      "cascade", "--simulated", "--largest", "40", "--searches", "5", "--svg", svg)
    #expect(report.rows.count { $0.figures["servers"] == 10 } == 6)
    #expect(report.rows.count { $0.figures["servers"] == 40 } == 6)
    for row in report.rows { #expect(row.figures["cpu ms"] ?? 0 > 0) }
    #expect(try String(contentsOfFile: svg, encoding: .utf8).hasPrefix("<svg "))
  }

  @Test func nonsenseIsRefused() async throws {
    #expect(try await sandbox.run("benchmark", "index", "--records", "0").status == 2)
    #expect(try await sandbox.run("benchmark", "scan", "--files", "-1").status == 2)
    #expect(try await sandbox.run("benchmark", "central", "--virtual-servers", "0").status == 2)
    #expect(try await sandbox.run("benchmark", "cascade", "--virtual-servers", "1").status == 2)
    #expect(try await sandbox.run("benchmark", "cascade", "--svg", "x.svg").status == 2)
  }
}
