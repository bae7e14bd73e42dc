import Foundation
import TestSupport
import Testing

/// The page's server, asked as browsers and as others ask.
@Suite(.serialized, .timeLimit(.minutes(5))) struct PageTests {
  private struct Line: Decodable {
    struct Hit: Decodable {
      struct File: Decodable {
        struct Piece: Decodable {
          var text: String
          var isMatch: Bool
        }
        var name: [Piece]
      }
      var file: File
    }
    var isLast: Bool
    var hits: [Hit]
  }

  /// A running daemon with one file, `project plan.txt`.
  private func withPage(_ body: (Machine, Page) async throws -> Void) async throws {
    let machine = try Machine("page")
    try machine.write(to: "project plan.txt")
    try await machine.run("index", machine.shared)
    try await machine.up()
    do {
      try await body(machine, try await Page(of: machine))
    } catch {
      try await machine.kill()
      throw error
    }
    try await machine.kill()
  }

  @Test func answersItsUserAndNobodyElse() async throws {
    try await withPage { machine, page in
      let body = #"{"text":"proj","isTyping":true}"#
      let found = try await page.search(body)
      #expect(found.status == 200)
      let line = try JSONDecoder().decode(Line.self, from: Data(found.body.utf8))
      #expect(line.isLast)
      #expect(line.hits.map { $0.file.name.map(\.text) } == [["proj", "ect plan.txt"]])
      #expect(line.hits.first?.file.name.first?.isMatch == true)

      // No secret, another, and one that only begins like it.
      #expect(try await page.search(body, token: nil).status == 401)
      for wrong in ["", "x", page.token + "x", String(page.token.dropLast())] {
        #expect(try await page.search(body, token: wrong).status == 401)
      }
      // The secret is asked for however the path is written.
      for path in [
        "//v1/page/search", "/v1//page/search", "/v1/page/search/", "///v1///page//search",
      ] {
        #expect(try await page.search(body, at: path, token: nil).status == 401, "\(path)")
      }
      // Another website, in each of the ways that a browser tells.
      for header in [
        "Origin: https://elsewhere.example", "Origin: null", "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site", "Host: elsewhere.example",
        "Host: elsewhere.example:\(page.port)",
        "Host: 127.0.0.1:1",
      ] {
        #expect(try await page.search(body, headers: [header]).status == 403, "\(header)")
      }
      // Under a name that leads here by another's doing not even the page itself is handed out.
      #expect(try await page.get("/", headers: ["Host: elsewhere.example"]).status == 403)
      let own = try await page.get("/", headers: ["Origin: http://127.0.0.1:\(page.port)"])
      #expect(own.status == 200)
      #expect(own.head.contains("content-security-policy: default-src 'none'"))
      #expect(try await page.get("/v1/page/status").status == 200)
    }
  }

  @Test func refusesWhatItCannotRead() async throws {
    try await withPage { machine, page in
      for (body, status) in [
        ("", 400), ("[]", 400), (#"{"text":1}"#, 400), (#"{"text":"a","colour":"red"}"#, 400),
        (#"{"text":"a","limit":0}"#, 400), (#"{"text":"a","limit":101}"#, 400),
        (#"{"text":"a","offset":-1}"#, 400), (#"{"text":"a","offset":100000}"#, 400),
        (#"{"text":"a","sort":"colour"}"#, 400), (#"{"text":"a","scope":"moon"}"#, 400),
        (#"{"text":"(a"}"#, 400), (String(repeating: "[", count: 60_000), 400),
        (#"{"text":"\#(String(repeating: "a", count: 100_000))"}"#, 413),
      ] {
        let answer = try await page.search(body)
        #expect(answer.status == status, "\(body.prefix(50)): \(answer.body.prefix(300))")
      }
      // It says where in the query the fault is.
      #expect(try await page.search(#"{"text":"size:>x"}"#).body.contains("^"))
      // A hundred megabytes are refused by their announcement, before they come.
      let huge = machine.root + "/huge"
      #expect(FileManager.default.createFile(atPath: huge, contents: nil))
      #expect(truncate(huge, 100 << 20) == 0)
      #expect(try await page.search("@" + huge).status == 413)
      for path in ["/nothing", "/../secret", "/%2e%2e/secret", "/v2/page/search", "/Page/page.js"] {
        #expect([400, 404].contains(try await page.get(path).status), "\(path)")
      }
      #expect(try await page.search(#"{"text":"project"}"#).status == 200)
    }
  }

  @Test func isFoundAgainWhereItWas() async throws {
    try await withPage { machine, page in
      try await machine.run("down")
      let closed = try await machine.run("open", "--print")
      #expect(closed.status == 3)
      #expect(closed.errors.contains("nearfind up"))
      try await machine.up()
      // With a new secret: somebody else may have listened there meanwhile.
      let again = try await Page(of: machine)
      #expect(again.port == page.port)
      #expect(try await again.search(#"{"text":"project"}"#).status == 200)
      #expect(try await again.search(#"{"text":"project"}"#, token: page.token).status == 401)
      // Who else runs takes another port, and one that was asked for and is taken is said.
      let other = try Machine("other")
      let refused = try await other.run("up", "--page-port", String(page.port))
      #expect(refused.status == 3)
      #expect(refused.errors.contains("\(page.port) is in use"), "\(refused.errors)")
      // No other user of the machine may read the secret.
      let note = try FileManager.default.attributesOfItem(
        atPath: machine.data + "/page/address.json")
      #expect(note[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test func canBeLeftOut() async throws {
    let machine = try Machine("page")
    try await machine.up("--no-page")
    #expect(try await machine.run("open", "--print").status == 3)
    try await machine.kill()
  }
}

/// The page of a machine, asked with curl.
private struct Page: Equatable {
  var port: Int
  var token: String

  init(of machine: Machine) async throws {
    let address = try await machine.run("open", "--print").output
    let parts = try #require(address.wholeMatch(of: /http:\/\/127\.0\.0\.1:(\d+)\/#([\w-]+)\n/))
    port = try #require(Int(parts.1))
    token = String(parts.2)
  }

  struct Answer {
    var status: Int
    /// In lower case.
    var head: String
    var body: String
  }

  func get(_ path: String, headers: [String] = []) async throws -> Answer {
    try await ask(path, headers: headers + ["Authorization: Bearer \(token)"], [])
  }

  func search(_ body: String, headers: [String] = []) async throws -> Answer {
    try await search(body, token: token, headers: headers)
  }

  func search(
    _ body: String, at path: String = "/v1/page/search", token: String?, headers: [String] = []
  ) async throws -> Answer {
    try await ask(
      path, headers: headers + (token.map { ["Authorization: Bearer \($0)"] } ?? []),
      ["--data-binary", body])
  }

  private func ask(
    _ path: String, headers: [String], _ arguments: [String]
  ) async throws -> Answer {
    let outcome = try await Program(
      "/usr/bin/curl",
      ["--silent", "--include", "--path-as-is", "--max-time", "30"] + arguments
        + headers.flatMap { ["--header", $0] } + ["http://127.0.0.1:\(port)\(path)"],
      environment: [:]
    ).run(within: .seconds(40))
    // What is refused before it was read may be told in the middle of the sending.
    let parts = outcome.output.components(separatedBy: "\r\n\r\n").filter {
      $0 != "HTTP/1.1 100 Continue"
    }
    let status = parts.first?.firstMatch(of: /^HTTP\/1\.1 (\d+)/).flatMap { Int($0.1) }
    return Answer(
      status: try #require(status, "\(outcome.output)\(outcome.errors)"),
      head: parts[0].lowercased(), body: parts.dropFirst().joined(separator: "\r\n\r\n"))
  }
}
