import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import NearfindCommands

/// What help texts and the README tell people to type works as it stands there.
@Suite struct HelpExampleTests {
  let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
  }

  @Test func everyCommandHasExamplesAndTheyParse() async throws {
    let commands = [NearfindCommand.configuration.subcommands, [NearfindCommand.self]].joined()
    for command in commands where command.configuration.shouldDisplay {
      let examples = Self.examples(in: command.configuration.discussion)
      #expect(!examples.isEmpty, "\(command)")
      for example in examples { try await parses(example) }
    }
  }

  @Test func everyCommandOfTheREADMEParses() async throws {
    let examples = try Self.readme().filter { !$0.hasPrefix("nearfind help") }
    #expect(examples.count > 5)
    for example in examples { try await parses(example) }
  }

  @Test func searchesOfTheHelpFindSomething() async throws {
    try sandbox.write("x", to: "files/project plan.md")
    try sandbox.write("the annual report", to: "files/annual report.pdf")
    try sandbox.write("x", to: "files/청구서.txt")
    let day = Date(timeIntervalSince1970: 1_717_200_000)  // 2024-06-01
    try FileManager.default.setAttributes(
      [.modificationDate: day], ofItemAtPath: sandbox.path("files/청구서.txt"))
    try sandbox.write("x", to: "files/회의록.txt")
    try sandbox.write(String(repeating: "x", count: 1_100_000), to: "photos/sea.jpg")
    let indexing = try await sandbox.run("index", "files", "photos")
    try #require(indexing.status == 0, "\(indexing.errors)")
    let examples =
      Self.examples(in: SearchCommand.configuration.discussion)
      + Self.examples(in: NearfindCommand.configuration.discussion)
    let searches = examples.filter { $0.hasPrefix("nearfind search ") }
    #expect(searches.count >= 6)
    for search in searches {
      let outcome = try await sandbox.shell(search + " --strict")
      #expect(outcome.status == 0, "\(search): \(outcome.output)")
    }
  }

  /// Bash splits the line into words, as it will for the reader.
  private func parses(_ example: String) async throws {
    let split = try await sandbox.shell("nearfind() { printf '%s\\n' \"$@\"; }; " + example)
    let arguments = split.output.split(separator: "\n").map(String.init)
    #expect(split.status == 0 && !arguments.isEmpty, "\(example): \(split.output)")
    #expect(throws: Never.self, "\(example)") {
      _ = try NearfindCommand.parseAsRoot(arguments)
    }
  }

  /// The lines below EXAMPLES, up to a blank one.
  private static func examples(in discussion: String) -> [String] {
    let lines = discussion.components(separatedBy: "\n")
    guard let start = lines.firstIndex(of: "EXAMPLES:") else { return [] }
    return lines[(start + 1)...].prefix { !$0.isEmpty }.map(command)
  }

  /// The commands in the README's blocks of code.
  private static func readme() throws -> [String] {
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: package.appending(path: "README.md"), encoding: .utf8)
    let blocks = text.components(separatedBy: "```").enumerated()
      .filter { !$0.offset.isMultiple(of: 2) }
    return blocks.flatMap { $0.element.components(separatedBy: "\n") }
      .map { $0.hasPrefix("$ ") ? String($0.dropFirst(2)) : $0 }
      .filter { $0.hasPrefix("nearfind ") }.map(command)
  }

  /// Without the remark behind it and without what is done with the output.
  private static func command(_ line: String) -> String {
    var line = line.trimmingCharacters(in: .whitespaces)
    for end in ["  ", " | ", " > "] {
      if let range = line.range(of: end) { line = String(line[..<range.lowerBound]) }
    }
    return line
  }
}
