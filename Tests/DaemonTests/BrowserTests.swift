import Foundation
import Node
import TestSupport
import Testing

/// The page in a real browser, over a network of real processes in two groups.
@Suite(.serialized, .timeLimit(.minutes(10))) struct BrowserTests {
  /// Names that would be markup, turn the direction of what follows, or look like another.
  private static let hostile = [
    "<img src=x onerror=document.title='taken'> hostile.txt", "hostile \u{202E}fdp.exe",
    "\u{2068}hostile isolate.txt", "hostile '\"&lt; quote.txt",
  ]

  @Test func aPersonFindsFilesWithIt() async throws {
    let python = try #require(
      ProcessInfo.processInfo.environment["NEARFIND_PYTHON"],
      "make test sets NEARFIND_PYTHON to a Python that has selenium")
    try await Central.with(["ann", "bob", "cat"]) { central, machines in
      try await central.admin("override", "add", "127.0.0.0/8", "home")
      try await wait(until: "the central server to know the band's name") {
        central.log.contains("The rules of bands were changed")
      }
      for name in Self.hostile { try machines[1].write(to: name) }
      try machines[2].write(to: "회의록 2024.txt")
      for machine in machines.dropFirst() { try await machine.run("index", machine.shared) }
      for (number, machine) in machines.enumerated() {
        try await machine.up("--capacity", "1")
        let role = number == 1 ? DaemonStatus.Role.attached : .virtualServer
        try await wait(until: "machine \(number) to be \(role)") {
          let status = try await machine.status()
          return status.role == role && status.isGroupReachable
        }
      }
      for query in ["common cat", "hostile", "회의록"] {
        try await wait(until: "ann to find \(query)") {
          try await !machines[0].search(query, within: "everywhere").names.isEmpty
        }
      }
      let address = try await machines[0].run("open", "--print").output
        .trimmingCharacters(in: .newlines)
      let screens =
        ProcessInfo.processInfo.environment["NEARFIND_SCREENSHOTS"] ?? machines[0].root + "/screens"
      let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "Browser/page.py").path
      let outcome = try await Program(
        python, [script, address, screens],
        environment: [
          "HOME": machines[0].root + "/home", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
        ]
      ).run(within: .seconds(240))
      #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    }
  }
}
