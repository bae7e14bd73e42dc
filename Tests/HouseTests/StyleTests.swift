import Foundation
import TestSupport
import Testing

/// The rules of the house that a reader should never have to enforce by hand.
@Suite struct StyleTests {
  @Test func theTopLevelHoldsOnlyWhatTheDesignNames() throws {
    let found = try FileManager.default.contentsOfDirectory(atPath: House.root.path)
    for name in found where !name.hasPrefix(".") {
      #expect(House.topLevel.contains(name), "\(name) does not belong at the top level")
    }
  }

  @Test func filesAreShort() throws {
    for source in try House.sources(in: "Sources") + House.sources(in: "Tests") {
      let count = source.lines.count
      #expect(count <= House.maximumLineCount, "\(source.path) has \(count) lines")
    }
    for path in try House.paths(
      in: "CXapian", where: { $0.hasSuffix(".cpp") || $0.hasSuffix(".h") })
    {
      let count = try House.source(at: path).lines.count
      #expect(count <= House.maximumLineCount, "\(path) has \(count) lines")
    }
  }

  /// What the compiler is told to take on trust says beside it why that is right.
  @Test(arguments: ["@unchecked Sendable", "try!", "nonisolated(unsafe)"])
  func trustIsJustified(_ construct: String) throws {
    for source in try House.sources(in: "Sources") {
      for (number, text) in source.codeLines where text.contains(construct) {
        let nearby = source.lines[max(0, number - 6)...(number - 1)]
        #expect(
          nearby.contains { $0.contains("//") },
          "\(source.path):\(number) uses \(construct) without a comment that says why")
      }
    }
  }

  @Test func nothingIsLeftUndone() throws {
    // Put together here, so that this file does not find itself.
    let words = ["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]
    for source in try House.sources(in: "Sources") + House.sources(in: "Tests") {
      for (index, line) in source.lines.enumerated() {
        let found = line.split { !$0.isLetter }.contains { words.contains(String($0)) }
        #expect(!found, "\(source.path):\(index + 1): \(line)")
      }
    }
  }

  /// Pure modules get time, chance and files as arguments.
  @Test(arguments: House.pureModules.sorted())
  func pureModulesTouchNothing(_ module: String) throws {
    let forbiddenImports: Set<String> = [
      "Glibc", "Musl", "Darwin", "Dispatch", "FoundationNetworking", "Network", "Synchronization",
    ]
    let forbiddenCode = [
      "Date()", "Date.now", ".now(", "ContinuousClock", "SuspendingClock", "clock_gettime",
      "FileManager", "FileHandle", "String(contentsOf", "Data(contentsOf", "URLSession",
      "ProcessInfo", "Process()",
      ".random(", ".randomElement(", "shuffled(", "shuffle(", "SystemRandomNumberGenerator",
      "UUID()", "getenv", "Task.sleep", "TimeZone.current", "Locale.current", "Calendar.current",
    ]
    // No result depends on it: the seed of a hash table, by chance so that nobody can aim at it.
    let exceptions = ["Sources/TextAnalysis/TermTable.swift": ".random("]
    for source in try House.sources(in: "Sources/\(module)") {
      for (imported, _) in source.imports {
        #expect(!forbiddenImports.contains(imported), "\(source.path) imports \(imported)")
      }
      for (number, text) in source.codeLines {
        for code in forbiddenCode where exceptions[source.path] != code {
          #expect(!text.contains(code), "\(source.path):\(number) uses \(code)")
        }
      }
    }
  }

  @Test func sourcesAreFormatted() async throws {
    let lint = Program(
      "swift", ["format", "lint", "--strict", "--parallel", "--recursive", "Sources", "Tests"],
      directory: House.root.path)
    let outcome = try await lint.run()
    #expect(
      outcome.status == 0,
      "run `make format`:\n\((outcome.output + outcome.errors).prefix(4000))")
  }
}
