import Foundation
import TestSupport
import Testing

@testable import NearfindCommands

/// From real folders to an answer, through the built program.
@Suite struct IndexAndSearchTests {
  let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    try sandbox.write("# The Plan\nmilestones", to: "share/work/ProjectPlan_v2.final.md")
    try sandbox.write("# The Plan\nmilestones", to: "share/backup/plan copy.md")
    try sandbox.write("다음 회의는 서버에서", to: "share/문서/정기회의록.txt")
    try sandbox.write("<title>Annual Report</title><body><p>revenue", to: "share/report.html")
  }

  private func index(_ further: String...) async throws {
    let outcome = try await sandbox.run(["index", "share"] + further)
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  private func document(_ arguments: String...) async throws -> AnswerDocument {
    let outcome = try await sandbox.run(["search", "--json"] + arguments)
    #expect([0, 1].contains(outcome.status), "\(outcome.errors)")
    return try JSONDecoder().decode(AnswerDocument.self, from: Data(outcome.output.utf8))
  }

  private func names(_ arguments: String...) async throws -> [String] {
    let outcome = try await sandbox.run(["search", "--json", "--strict"] + arguments)
    let document = try JSONDecoder().decode(
      AnswerDocument.self, from: Data(outcome.output.utf8))
    return document.hits.map(\.file.filename)
  }

  @Test func whatIsFound() async throws {
    try await index()
    #expect(try await names("milestones", "name:v2") == ["ProjectPlan_v2.final.md"])
    #expect(try await names("서버") == ["정기회의록.txt"])
    #expect(try await names("ㅈㄱㅎㅇㄹ") == ["정기회의록.txt"])
    #expect(try await names("revenue", "annual") == ["report.html"])
    #expect(try await names("revenue", "-annual") == [])
  }

  @Test func copiesAreOneHit() async throws {
    try await index()
    let collapsed = try await document("plan", "--strict")
    #expect(collapsed.hits.count == 1)
    #expect(collapsed.hits.first?.duplicates.count == 1)
    let all = try await document("plan", "--strict", "--all-copies")
    #expect(all.hits.count == 2)
    let text = try await sandbox.run("search", "plan").output
    #expect(text.contains("also at share/"))
  }

  @Test func statusesOfSearch() async throws {
    try await index()
    #expect(try await sandbox.run("search", "plan").status == 0)
    let nothing = try await sandbox.run("search", "--strict", "xyzzyqwerty")
    #expect(nothing.status == 1)
    #expect(nothing.output.contains("Nothing found."))
    #expect(try await sandbox.run("search", "(plan").status == 2)
    try sandbox.write("no index", to: "broken")
    let failed = try await sandbox.run("search", "plan", "--data", sandbox.path("broken"))
    #expect(failed.status == 3)
  }

  @Test func theJSONAnswer() async throws {
    try await index()
    let answer = try await document("annual", "--strict", "--explain", "--facets")
    let hit = try #require(answer.hits.first)
    #expect(answer.version == 1)
    #expect(answer.query == "annual")
    #expect(answer.matches == .init(atLeast: 1, atMost: 1))
    #expect(hit.rank == 1)
    #expect(!hit.partial)
    #expect(hit.file.directory == "share")
    #expect(hit.file.title == "Annual Report")
    #expect(hit.file.contentHash?.count == 64)
    let parts = try #require(hit.explanation)
    #expect(abs(parts.reduce(0) { $0 + $1.weight } - hit.weight) < 1e-9)
    #expect(answer.facets?["fileExtension"]?.map(\.value) == ["html"])
  }

  @Test func limitsAndOrder() async throws {
    try await index()
    #expect(try await document("*", "--limit", "0").hits.isEmpty)
    let byName = try await names("*", "--all-copies", "--sort", "name")
    #expect(byName == ["plan copy.md", "ProjectPlan_v2.final.md", "report.html", "정기회의록.txt"])
    #expect(try await names("*", "--all-copies", "--sort", "name:desc") == byName.reversed())
    let second = try await names(
      "*", "--all-copies", "--sort", "name", "--offset", "1", "--limit", "1")
    #expect(second == [byName[1]])
  }

  @Test func whatIsGoneIsNotFound() async throws {
    try await index()
    try FileManager.default.removeItem(atPath: sandbox.path("share/report.html"))
    #expect(try await sandbox.run("index").status == 0)
    #expect(try await names("revenue") == [])
  }

  @Test func patternsAndNoContent() async throws {
    try await index("--exclude", "*.html", "--no-content")
    #expect(try await names("report") == [])
    #expect(try await names("milestones") == [])
    #expect(try await names("plan").count == 2)
  }

  @Test func rebuildingReadsNothingAgain() async throws {
    try await index()
    let before = try await document("plan").hits
    // What a damaged disk leaves behind.
    try FileManager.default.removeItem(atPath: sandbox.data.path + "/index")
    #expect(try await sandbox.run("search", "plan").status == 3)
    let outcome = try await sandbox.run("index", "--rebuild")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(!outcome.output.contains("read ("))
    #expect(try await document("plan").hits.map(\.file) == before.map(\.file))
  }

  @Test func theDataIsTheOwnersAlone() async throws {
    try await index()
    let attributes = try FileManager.default.attributesOfItem(atPath: sandbox.data.path)
    #expect(attributes[.posixPermissions] as? Int == 0o700)
  }

  @Test func statusAndDoctor() async throws {
    #expect(try await sandbox.run("status").output.contains("Nothing is indexed yet"))
    try await index()
    let status = try await JSONReading.object(sandbox.run("status", "--json").output)
    let folders = try #require(status["folders"] as? [[String: Any]])
    #expect(folders.map { $0["files"] as? Int } == [4])
    #expect((status["index"] as? [String: Any])?["records"] as? Int == 4)
    let doctor = try await sandbox.run("doctor", "--json")
    #expect(doctor.status == 0)
    let checks = try #require(try JSONReading.object(doctor.output)["checks"] as? [[String: Any]])
    #expect(checks.contains { ($0["subject"] as? String) == "index" })
    #expect(checks.allSatisfy { ($0["state"] as? String) != "broken" })
  }

  @Test func foldersThatCannotBeIndexed() async throws {
    for arguments in [["index", "absent"], ["index", "share/report.html"], ["index"]] {
      let outcome = try await sandbox.run(arguments)
      #expect(outcome.status == 2, "\(arguments): \(outcome.errors)")
    }
    try await index()
    #expect(try await sandbox.run("index", "share/work").status == 2)
  }

  @Test func hostileNamesAreFoundAndNeverPrintedRaw() async throws {
    let names = [
      "plan\u{1B}[2Jevil.txt", "plan\nforged line.txt", "plan\u{202E}gpj.exe", "plan\u{9B}31m.txt",
      "plan " + String(repeating: "가", count: 80) + ".txt",
    ]
    for name in names { try sandbox.write("x" + name, to: "share/hostile/" + name) }
    try await index()
    let found = try await document("plan", "in:share/hostile", "--strict")
    #expect(Set(found.hits.map(\.file.filename)) == Set(names))
    for arguments in [
      ["search", "plan", "in:share/hostile"], ["search", "plan", "--json"],
      ["search", "plan", "--explain", "--facets"], ["status"], ["status", "--json"],
    ] {
      let outcome = try await sandbox.run(arguments)
      let isSafe = (outcome.output + outcome.errors).unicodeScalars.allSatisfy {
        $0 == "\n" || TerminalText.isSafe($0)
      }
      #expect(isSafe, "\(arguments)")
    }
  }
}
