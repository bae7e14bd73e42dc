import Foundation
import TestSupport
import Testing

@testable import NearfindCommands

/// The built program as a shell sees it, where no index is needed.
@Suite struct CommandLineTests {
  let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
  }

  @Test func helpGoesToStandardOutput() async throws {
    for arguments in [["--help"], ["help"], [], ["search", "--help"], ["help", "evaluate"]] {
      let outcome = try await sandbox.run(arguments)
      #expect(outcome.status == 0, "\(arguments)")
      #expect(outcome.output.contains("USAGE: nearfind"), "\(arguments)")
      #expect(outcome.errors.isEmpty, "\(arguments)")
    }
  }

  @Test func helpFitsATerminal() async throws {
    for command in [
      "search", "get", "index", "status", "forget", "route", "register", "login", "up", "down",
      "doctor",
      "evaluate", "completion",
    ] {
      let lines = try await sandbox.run(command, "--help").lines
      #expect(lines.count > 5, "\(command)")
      for line in lines where !line.hasPrefix("USAGE:") {
        #expect(DisplayWidth.of(line) <= 80, "\(command): \(line)")
      }
    }
  }

  @Test func theVersion() async throws {
    let outcome = try await sandbox.run("--version")
    #expect(outcome.status == 0)
    #expect(outcome.output == NearfindCommand.version + "\n")
  }

  @Test(arguments: [
    ["serach"], ["--nonsense"], ["search"], ["search", ""], ["search", "a", "--jsn"],
    ["search", "a", "--limit", "-1"], ["search", "a", "--limit", "x"],
    ["search", "a", "--limit", "10001"], ["search", "a", "--sort", "colour"], ["index"],
    ["evaluate"], ["evaluate", "no-such-folder"], ["evaluate", ".", "--queries", "q.tsv"],
    ["completion", "tcsh"], ["search", "(a"], ["search", "size:huge"], ["search", "a OR"],
    ["route"], ["route", ""], ["route", "192.0.2.1", "--ipv6"], ["route", "2001:db8::1", "--ipv4"],
    ["route", "::1", "--ipv4", "--ipv6"], ["route", "255.255.255.255"],
  ])
  func wrongUseIsStatusTwo(_ arguments: [String]) async throws {
    let outcome = try await sandbox.run(arguments)
    #expect(outcome.status == 2, "\(arguments): \(outcome.errors)")
    #expect(outcome.output.isEmpty)
    #expect(!outcome.errors.isEmpty)
  }

  @Test func aSyntaxErrorIsShownWhereItIs() async throws {
    let outcome = try await sandbox.run("search", "회의", "size:huge")
    let lines = outcome.errors.split(separator: "\n").map(String.init)
    try #require(lines.count == 3)
    let fault = try #require(lines[1].range(of: "huge"))
    let caret = try #require(lines[2].firstIndex(of: "^"))
    #expect(lines[1] == "회의 size:huge")
    #expect(
      lines[2].distance(from: lines[2].startIndex, to: caret)
        == DisplayWidth.of(String(lines[1][..<fault.lowerBound])))
  }

  @Test func noIndexIsAFailureThatSaysWhatToDo() async throws {
    let outcome = try await sandbox.run("search", "plan")
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains("nearfind index FOLDER"))
  }

  @Test func aWordToLeaveOutIsNoOption() async throws {
    // Nothing is indexed: the query was understood when that is the complaint.
    #expect(try await sandbox.run("search", "plan", "-draft").status == 3)
    #expect(try await sandbox.run("search", "--", "-draft", "--limit").status == 3)
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completionScriptsAreReadByTheirShells(_ shell: String) async throws {
    let outcome = try await sandbox.run("completion", shell)
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("--explain") || outcome.output.contains("explain"))
    guard shell == "bash" else { return }
    try sandbox.write(outcome.output, to: "completion.bash")
    let check = try await sandbox.shell("bash -n '\(sandbox.path("completion.bash"))'")
    #expect(check.status == 0, "\(check.output)")
  }

  @Test func messagesNeverDriveTheTerminal() async throws {
    for text in ["\u{1B}[2J", "a\u{202E}b", "x\u{7}y"] {
      for arguments in [["search", "size:" + text], ["evaluate", text], [text], ["index", text]] {
        let outcome = try await sandbox.run(arguments)
        let isSafe = outcome.errors.unicodeScalars.allSatisfy {
          $0 == "\n" || TerminalText.isSafe($0)
        }
        #expect(isSafe, "\(arguments): \(outcome.errors.debugDescription)")
        #expect(outcome.status == 2)
      }
    }
  }

  @Test func aReaderThatLeavesIsNoError() async throws {
    let outcome = try await sandbox.shell("nearfind completion bash | head -n 1")
    #expect(outcome.lines.count == 1)
    let ignoring = try await sandbox.shell("trap '' PIPE; nearfind completion bash | head -n 1")
    #expect(ignoring.status == 0)
    #expect(ignoring.lines.count == 1)
  }
}
