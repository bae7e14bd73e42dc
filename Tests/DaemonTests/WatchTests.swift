import Foundation
import TestSupport
import Testing

/// `nearfind watch`, over real daemons.
@Suite struct WatchTests {
  private struct Line: Decodable {
    struct File: Decodable { var filename: String }
    var file: File
  }

  private func news(_ machine: Machine, _ arguments: String...) async throws -> [String] {
    let outcome = try await machine.run(["watch", "--once", "--json"] + arguments + ["common"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try outcome.output.split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8)).file.filename
    }
  }

  @Test func newFilesOfOtherGroupsAreReported() async throws {
    try await Central.with(["ann", "bob", "cat"]) { central, machines in
      let (ann, bob, cat) = (machines[0], machines[1], machines[2])
      // The first two are one group, and the third is another.
      for machine in machines { try await machine.up("--capacity", "1") }
      try await wait(until: "all files to be found everywhere") {
        try await ann.search("common", within: "everywhere").names.count == 3
      }
      #expect(try await news(ann).isEmpty)
      try bob.write(to: "common new.txt")
      try cat.write(to: "common far.txt")
      var found: [String] = []
      try await wait(until: "the new files to be reported") {
        found += try await news(ann)
        return found.count >= 2
      }
      #expect(found.sorted() == ["common far.txt", "common new.txt"])
      #expect(try await news(ann).isEmpty)
      #expect(try await news(ann, "--scope", "group").isEmpty)
    }
  }

  @Test func withoutADaemonItSaysWhatToDo() async throws {
    try await Central.with(["ann"]) { _, machines in
      let outcome = try await machines[0].run(["watch", "common"])
      #expect(outcome.status == 3 && outcome.errors.contains("nearfind up"), "\(outcome)")
      let listed = try await machines[0].run(["watch"])
      #expect(listed.status == 0 && listed.errors.contains("nearfind watch QUERY"))
    }
  }
}
