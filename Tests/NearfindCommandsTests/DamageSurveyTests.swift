import Foundation
import TestSupport
import Testing

@testable import NearfindCommands

/// Single bits that fall over in an index: a search answers as before or refuses, looking through
/// finds every one, from then on nobody answers from the damaged index, and it is made again from the
/// catalog.
@Suite struct DamageSurveyTests {
  private static let queries = [["report"], ["budget", "plan"], ["pla*"], ["\"annual report\""]]

  private let sandbox: Sandbox
  private var index: URL { sandbox.data.appending(path: "index") }
  private var sound: URL { sandbox.root.appending(path: "sound") }

  init() throws {
    sandbox = try Sandbox()
  }

  @Test(arguments: [91] as [UInt64])
  func noFlippedBitIsBelievedForLong(seed: UInt64) async throws {
    var generator = SeededGenerator(seed: seed)
    try await build(using: &generator)
    let answers = try await answers()
    #expect(answers.allSatisfy { $0.hits.count > 2 })
    let files = try partFiles()
    #expect(files.count >= 4)
    var counts: [String: Int] = [:]
    for number in 0..<48 {
      try restore()
      let file = generator.element(of: files)
      let place = try flip(file, using: &generator)
      let context = Comment("seed \(seed), flip \(number): \(file), bit \(place)")
      for (query, answer) in zip(Self.queries, answers) {
        let outcome = try await sandbox.run(["search", "--json", "--strict"] + query)
        counts[try kind(of: outcome, beside: answer, context), default: 0] += 1
      }
      let doctor = try await sandbox.run("doctor", "--verify")
      #expect(doctor.status == 3 && doctor.output.contains("nearfind index --rebuild"), context)
      let refused = try await sandbox.run("search", "report")
      #expect(refused.status == 3 && refused.output.isEmpty, context)
      guard number % 8 == 0 else { continue }
      let mended = try await sandbox.run("index")
      #expect(mended.status == 0 && mended.errors.contains("That is done now"), context)
      #expect(try await self.answers().map(\.hits) == answers.map(\.hits), context)
    }
    #expect(counts["same", default: 0] > 0 && counts["refused", default: 0] > 0)
    #expect(Set(counts.keys) == ["same", "refused"])
    print("seed \(seed): answers from an index with one flipped bit: \(counts)")
  }

  /// Nobody asks for it: what was not looked at for a week is looked at by the next who writes.
  @Test func whatNobodyHasLookedAtForAWeekIsLookedAt() async throws {
    var generator = SeededGenerator(seed: 92)
    try await build(using: &generator)
    let answers = try await answers()
    try restore()
    let file = try #require(try partFiles().first { $0.hasSuffix("postlist.glass") })
    _ = try flip(file, using: &generator)
    try age(days: 6)
    #expect(try await sandbox.run("index").errors.isEmpty)
    try age(days: 8)
    let mended = try await sandbox.run("index")
    #expect(mended.status == 0 && mended.errors.contains("That is done now"))
    #expect(try await self.answers().map(\.hits) == answers.map(\.hits))
    let status = try await sandbox.run("status")
    #expect(status.output.contains("looked through for damage: "))
  }

  // MARK: The index

  private func build(using generator: inout SeededGenerator) async throws {
    let words = ["annual", "report", "budget", "plan", "draft", "minutes", "photo", "letter"]
    for number in 0..<40 {
      let text = (0..<20).map { _ in generator.element(of: words) }.joined(separator: " ")
      let name = "\(generator.element(of: words))-\(generator.element(of: words))-\(number).txt"
      try sandbox.write(
        text + " annual report", to: "share/\(generator.element(of: words))/\(name)")
    }
    #expect(try await sandbox.run("index", "share").status == 0)
    try FileManager.default.copyItem(at: index, to: sound)
  }

  private func restore() throws {
    try FileManager.default.removeItem(at: index)
    try FileManager.default.copyItem(at: sound, to: index)
  }

  /// Below the index's folder.
  private func partFiles() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: index.path)
      .filter { $0.hasPrefix("parts/") && ($0.hasSuffix("glass") || $0.hasSuffix("-checksums")) }
      .sorted()
  }

  private func flip(_ file: String, using generator: inout SeededGenerator) throws -> Int {
    let url = index.appending(path: file)
    var bytes = try Data(contentsOf: url)
    let place = generator.number(0...bytes.count * 8 - 1)
    bytes[place / 8] ^= 1 << (place % 8)
    try bytes.write(to: url)
    return place
  }

  /// As though all was written so long ago.
  private func age(days: Int) throws {
    let time = Date(timeIntervalSinceNow: -Double(days) * 86_400)
    for file in try partFiles() {
      try FileManager.default.setAttributes(
        [.modificationDate: time], ofItemAtPath: index.appending(path: file).path)
    }
  }

  // MARK: Answers

  private func answers() async throws -> [AnswerDocument] {
    var answers: [AnswerDocument] = []
    for query in Self.queries {
      let outcome = try await sandbox.run(["search", "--json", "--strict"] + query)
      answers.append(try Self.document(outcome))
    }
    return answers
  }

  private static func document(_ outcome: Sandbox.Outcome) throws -> AnswerDocument {
    try JSONDecoder().decode(AnswerDocument.self, from: Data(outcome.output.utf8))
  }

  /// What a search in a damaged index came to, in a word.
  private func kind(
    of outcome: Sandbox.Outcome, beside answer: AnswerDocument, _ context: Comment
  ) throws -> String {
    switch outcome.status {
    case 0, 1:
      return try Self.document(outcome).hits == answer.hits ? "same" : "different"
    case 3:
      #expect(outcome.errors.contains("damaged") && outcome.output.isEmpty, context)
      return "refused"
    default:
      guard case .signaled = outcome.ending else {
        Issue.record("status \(outcome.status): \(outcome.errors)\n\(context)")
        return "unexpected"
      }
      return "crashed"
    }
  }
}

extension SeededGenerator {
  fileprivate mutating func element<Value>(of values: [Value]) -> Value {
    values[number(0...values.count - 1)]
  }
}
