import Foundation
import SearchModel

/// A folder that is gone when the test is.
final class TemporaryFolder {
  let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("nearfind-evaluation-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try write(Data(text.utf8), to: name)
  }

  @discardableResult
  func write(_ bytes: Data, to name: String) throws -> String {
    try bytes.write(to: url.appendingPathComponent(name))
    return path(name)
  }
}

/// SplitMix64: the same numbers on every machine for the same seed.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

func key(_ text: String) -> RecordKey {
  guard let key = RecordKey(text) else { preconditionFailure("\(text) is no record key") }
  return key
}

struct ProgramFailure: Error, CustomStringConvertible {
  var description: String
}

/// Runs a program to its end and gives what it printed.
///
/// - Throws: ``ProgramFailure`` with what it complained of, when its status is not 0.
func output(of program: String, _ arguments: [String], input: Data? = nil) throws -> Data {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: program)
  process.arguments = arguments
  let (stdout, stderr) = (Pipe(), Pipe())
  process.standardOutput = stdout
  process.standardError = stderr
  let folder = try TemporaryFolder()
  if let input {
    let path = try folder.write(input, to: "input")
    process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
  }
  try process.run()
  let data = try stdout.fileHandleForReading.readToEnd() ?? Data()
  let complaint = try stderr.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else {
    throw ProgramFailure(
      description: "\(program) ended with \(process.terminationStatus): "
        + String(decoding: complaint, as: UTF8.self))
  }
  return data
}

/// The package's top folder.
let packageFolder = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
