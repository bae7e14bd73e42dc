import Foundation
import TestSupport
import Testing

@testable import NearfindCommands

/// What goes wrong for people, and what they are told then.
@Suite struct NewcomerTests {
  let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
  }

  @Test func aMistypedCommandOrOptionIsRecognised() async throws {
    let command = try await sandbox.run("serach", "plan")
    #expect(command.status == 2)
    #expect(command.errors.contains("Did you mean: nearfind search"))
    #expect(try await sandbox.run("help", "serach").errors.contains("nearfind search"))
    #expect(
      try await sandbox.run("project", "plan").errors.contains("The commands are index, search"))
    let option = try await sandbox.run("search", "plan", "--lmit", "3")
    #expect(option.status == 2)
    #expect(option.errors.contains("Did you mean '--limit'?"))
  }

  @Test func aFirstTryWithAWrongNameLeavesNothingBehind() async throws {
    #expect(try await sandbox.run("index", "no-such-folder").status == 2)
    #expect(!FileManager.default.fileExists(atPath: sandbox.data.path))
    try FileManager.default.createDirectory(
      atPath: sandbox.path("empty"), withIntermediateDirectories: true)
    #expect(try await sandbox.run("index", "empty").status == 0)
    let search = try await sandbox.run("search", "plan")
    #expect(search.status == 1)
    #expect(search.errors.contains("nearfind index FOLDER"))
  }

  /// Closing `/tmp` or a home to everybody else would be a bad surprise.
  @Test func aFolderOfOthersIsNotTakenForData() async throws {
    try sandbox.write("milestones", to: "share/plan.txt")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: sandbox.path("share"))
    let refused = try await sandbox.run("index", "share", "--data", sandbox.path("share"))
    #expect(refused.status == 2)
    #expect(refused.errors.contains("share/nearfind"))
    let attributes = try FileManager.default.attributesOfItem(atPath: sandbox.path("share"))
    #expect(attributes[.posixPermissions] as? Int == 0o755)
  }

  @Test func folderNamesNeedNotBeText() async throws {
    let folder = Array((sandbox.root.path + "/bad").utf8) + [0xFF, 0xFE]
    try #require((folder + [0]).withUnsafeBytes { mkdir($0.baseAddress!, 0o700) } == 0)
    let line = "cd '\(sandbox.root.path)'; echo milestones > $'bad\\xff\\xfe/plan.txt'; "
    let outcome = try await sandbox.shell(line + "nearfind index $'bad\\xff\\xfe'")
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(try await sandbox.run("search", "--strict", "milestones").status == 0)
    let forgotten = try await sandbox.shell(line + "nearfind forget $'bad\\xff\\xfe'")
    #expect(forgotten.status == 0, "\(forgotten.output)")
  }

  @Test func textsThatHideDifferentBytesAreToldApart() async throws {
    let arguments: [[UInt8]] = [[0x61, 0xFF], [0x62, 0xFF], [0x62, 0xFE]]
    #expect(try ArgumentBytes.path(of: "a\u{FFFD}", among: arguments).bytes == [0x61, 0xFF])
    #expect(try ArgumentBytes.path(of: "plain", among: arguments).bytes == Array("plain".utf8))
    #expect(throws: CommandFailure.self) {
      try ArgumentBytes.path(of: "b\u{FFFD}", among: arguments)
    }
  }

  @Test func aFolderIsForgotten() async throws {
    #expect(try await sandbox.run("forget", "share").status == 2)
    try sandbox.write("milestones", to: "share/plan.txt")
    try sandbox.write("milestones", to: "other/plan.txt")
    #expect(try await sandbox.run("index", "share", "other").status == 0)
    #expect(try await sandbox.run("forget", "share/nothing").status == 2)
    try FileManager.default.removeItem(atPath: sandbox.path("share"))
    let absent = try await sandbox.run("index")
    #expect(absent.status == 0)
    #expect(absent.errors.contains("nearfind forget"))
    let outcome = try await sandbox.run("forget", "share")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("Forgotten: "))
    #expect(try await sandbox.run("search", "--strict", "plan", "in:share").status == 1)
    #expect(try await sandbox.run("search", "--strict", "plan").output.contains("other"))
  }

  @Test func damageIsFoundAndMended() async throws {
    try sandbox.write("milestones", to: "share/plan.txt")
    #expect(try await sandbox.run("index", "share").status == 0)
    let sound = try await sandbox.run("doctor", "--verify")
    #expect(sound.status == 0, "\(sound.output)")
    #expect(sound.output.contains("every byte as written"))

    let parts = sandbox.data.appending(path: "index/parts")
    let files = FileManager.default.enumerator(at: parts, includingPropertiesForKeys: nil)
    let file = try #require(
      files?.compactMap { $0 as? URL }.first { $0.lastPathComponent.hasPrefix("docdata") })
    var bytes = try Data(contentsOf: file)
    bytes[bytes.count / 2] ^= 0xFF
    try bytes.write(to: file)
    let damaged = try await sandbox.run("doctor", "--verify")
    #expect(damaged.status == 3, "\(damaged.output)")
    #expect(damaged.output.contains("nearfind index --rebuild"))
    #expect(try await sandbox.run("index", "--rebuild").status == 0)
    #expect(try await sandbox.run("doctor", "--verify").status == 0)

    try sandbox.write("{", to: "data/index/manifest.json")
    for command in ["status", "doctor", "search"] {
      let outcome = try await sandbox.run([command] + (command == "search" ? ["plan"] : []))
      #expect(outcome.status == 3, "\(command)")
      #expect(
        (outcome.output + outcome.errors).contains("nearfind index --rebuild"), "\(command)")
    }
    #expect(try await sandbox.run("status").output.contains(sandbox.path("share")))
    try FileManager.default.removeItem(atPath: sandbox.data.path + "/index")
    #expect(try await sandbox.run("doctor").status == 3)
    #expect(try await sandbox.run("search", "plan").errors.contains("with: nearfind index"))
    #expect(try await sandbox.run("index").status == 0)
    #expect(try await sandbox.run("search", "--strict", "milestones").status == 0)
  }

  /// Nothing but the signal can end the hashing of a file of 1 TB within a test.
  @Test(.timeLimit(.minutes(2)), arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func aFirstIndexingIsInterruptedAndResumed(_ signal: Int32, _ status: Int32) async throws {
    for number in 0..<20 { try sandbox.write("text \(number)", to: "share/plan\(number).txt") }
    try sandbox.write("", to: "share/huge.bin")
    let huge = try FileHandle(forWritingTo: sandbox.root.appending(path: "share/huge.bin"))
    try huge.truncate(atOffset: 1 << 40)
    try huge.close()

    let program = try await sandbox.start(["index", "share"], errors: "index-errors")
    try await wait(until: "names to be searchable") {
      try await sandbox.run("search", "--strict", "plan7").status == 0
    }
    program.send(signal)
    #expect(try await program.waitForEnd() == .exited(status))
    let errors = try String(contentsOfFile: sandbox.path("index-errors"), encoding: .utf8)
    #expect(errors.contains("goes on from here"))

    try FileManager.default.removeItem(atPath: sandbox.path("share/huge.bin"))
    let resumed = try await sandbox.run("index", "share")
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try await sandbox.run("search", "--strict", "text:7").status == 0)
    #expect(try await sandbox.run("status").output.contains("content read of 20\n"))
  }
}
