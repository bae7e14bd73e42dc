import Foundation
import SearchModel
import TestSupport

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
func output(
  of program: String, _ arguments: [String], input: Data = Data()
) async throws -> Data {
  let outcome = try await Program(program, arguments).run(input: Array(input))
  guard outcome.ending.isSuccess else {
    throw ProgramFailure(description: "\(program): \(outcome.ending): \(outcome.errors)")
  }
  return Data(outcome.outputBytes)
}

/// The package's top folder.
let packageFolder = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
