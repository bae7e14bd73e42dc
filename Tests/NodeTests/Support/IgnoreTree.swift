import Foundation
import TestSupport

@testable import Node

/// A random tree with random ignore files, on disk as git's and in memory as ours.
struct IgnoreTree {
  let folder: TemporaryFolder
  /// Files and folders, folders with a slash behind.
  private(set) var paths: [String] = []
  /// By folder.
  private(set) var ignoreFiles: [String: String] = [:]

  private static let names = [
    "a", "b", "ab", "abc", "foo", "bar", "foo.txt", "bar.md", "a b", "x]", "[x", "a-b", "A",
    "-", "b\\c", "!a", "#a", "7", "é", "a ", "*",
  ]

  private static let parts = [
    "a", "b", "ab", "abc", "foo", "bar", "*", "**", "?", "*.txt", "b*", "*b", "a*c", "[ab]",
    "[!a]", "[^b]", "[a-c]b", "[]-]", "[[:alpha:]]", "[[:upper:]]", "[[:digit:]x]",
    "[[:nope:]]",
    "[a", "\\a", "\\*", "a\\ ", "foo**", "**o", "a**b", "[\\]x]*", "x]", "\\", "f?o", "***",
    "[[:x]", "[a\\-z]", "[b-a]", "?**", "é", "[é]*", "a ", "\\[x", "b\\\\c", "\\!a", "\\#a",
  ]

  init(using generator: inout SeededGenerator) throws {
    folder = try TemporaryFolder()
    try fill("", depth: 0, using: &generator)
    for place in [""] + paths.filter({ $0.hasSuffix("/") }) {
      if place.isEmpty || Int.random(in: 0..<3, using: &generator) == 0 {
        ignoreFiles[place] = Self.lines(using: &generator)
      }
    }
    for (place, lines) in ignoreFiles { try folder.write(lines, to: place + ".gitignore") }
  }

  private mutating func fill(
    _ place: String, depth: Int, using generator: inout SeededGenerator
  ) throws {
    for name in Self.names.shuffled(using: &generator).prefix(8 - depth) {
      if depth < 3, Int.random(in: 0..<5, using: &generator) < 2 {
        try folder.makeFolder(place + name)
        paths.append(place + name + "/")
        try fill(place + name + "/", depth: depth + 1, using: &generator)
      } else {
        try folder.write("", to: place + name)
        paths.append(place + name)
      }
    }
  }

  private static func lines(using generator: inout SeededGenerator) -> String {
    (0..<Int.random(in: 1...6, using: &generator)).map { _ in
      var line = (0..<[1, 1, 1, 2, 2, 3].randomElement(using: &generator)!).map { _ in
        parts.randomElement(using: &generator)!
      }.joined(separator: ["/", "/", ""].randomElement(using: &generator)!)
      if Int.random(in: 0..<4, using: &generator) == 0 { line = "/" + line }
      if Int.random(in: 0..<4, using: &generator) == 0 { line += "/" }
      if Int.random(in: 0..<4, using: &generator) == 0 { line = "!" + line }
      if Int.random(in: 0..<8, using: &generator) == 0 { line += "  " }
      if Int.random(in: 0..<12, using: &generator) == 0 { line = "# " + line }
      if Int.random(in: 0..<12, using: &generator) == 0 { line += "\r" }
      return line
    }.joined(separator: "\n") + "\n"
  }

  func pathsIgnoredByGit() async throws -> Set<String> {
    _ = try await run(["init", "-q"], input: "")
    // With a slash behind a folder's name git would apply the ignore file inside it too.
    let input = paths.map(Self.withoutSlash).joined(separator: "\0")
    let output = try await run(["check-ignore", "--no-index", "-z", "--stdin"], input: input)
    return Set(output.split(separator: "\0").map(String.init))
  }

  static func withoutSlash(_ path: String) -> String {
    path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// The ignore files that have a say in a path.
  func ignoreFiles(above path: String) -> [String: String] {
    ignoreFiles.filter { path.hasPrefix($0.key) && path != $0.key }
  }

  private func run(_ arguments: [String], input: String) async throws -> String {
    let outcome = try await Program(
      "git", ["-c", "core.ignoreCase=false", "-c", "core.excludesFile=/dev/null"] + arguments,
      directory: folder.path
    ).run(input: Array(input.utf8))
    // 1 says that nothing was ignored.
    guard outcome.status <= 1 else { throw CocoaError(.executableLoad) }
    return outcome.output
  }

  /// Goes down the path as a scan does: what lies in a folder left out is never looked at.
  func rulesIgnore(_ path: String) -> Bool {
    var rules = IgnoreRules.none
    var place = PathBytes.empty
    let components = PathBytes(path).components
    for (index, name) in components.enumerated() {
      let key = place.isEmpty ? "" : place.text + "/"
      if let lines = ignoreFiles[key] {
        rules = rules.adding(contents: Array(lines.utf8), in: place)
      }
      let isFolder = index < components.count - 1 || path.hasSuffix("/")
      if rules.leaveOut(name.bytes[...], in: place, isFolder: isFolder) { return true }
      place = place.appending(name)
    }
    return false
  }
}
