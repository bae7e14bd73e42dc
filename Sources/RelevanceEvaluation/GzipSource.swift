import Foundation

/// A gzip file, decompressed by the `gzip` program through a pipe: Foundation has no gzip of its
/// own, and the pipe's fixed size keeps memory flat whatever the file unpacks to.
final class GzipSource: ByteSource {
  private let path: String
  private let program: String
  private let process = Process()
  private let output = Pipe()
  private let errors = Pipe()
  private var isFinished = false

  /// - Parameter program: looked up in `PATH`.
  /// - Throws: `missing`, `inputOutput` or `missingProgram`.
  init(path: String, program: String = "gzip") throws {
    self.path = path
    self.program = program
    // Opened here, so that a missing file is told apart from a missing program.
    let input = try openForReading(path)
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program, "-dc"]
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errors
    do {
      try process.run()
    } catch {
      throw EvaluationError.missingProgram(name: program, path: path)
    }
  }

  deinit {
    // A reader may be dropped half-way; the program must not outlive it.
    if !isFinished, process.isRunning { process.terminate() }
  }

  func read(upTo byteCount: Int) throws -> Data {
    guard !isFinished else { return Data() }
    do {
      if let data = try output.fileHandleForReading.read(upToCount: byteCount), !data.isEmpty {
        return data
      }
    } catch {
      throw EvaluationError.inputOutput(path: path, reason: error.localizedDescription)
    }
    isFinished = true
    try checkOutcome()
    return Data()
  }

  /// The end of the pipe alone says nothing: a damaged file ends it too.
  private func checkOutcome() throws {
    // Complaints of gzip are a line or two, so they never fill their pipe while we read.
    let complaint = (try? errors.fileHandleForReading.readToEnd()) ?? Data()
    process.waitUntilExit()
    switch process.terminationStatus {
    case 0:
      return
    // The status with which `env` says that it found no such program.
    case 127:
      throw EvaluationError.missingProgram(name: program, path: path)
    case let status:
      let text = String(decoding: complaint, as: UTF8.self)
        .split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        .joined(separator: "; ")
      throw EvaluationError.damagedArchive(
        path: path, reason: text.isEmpty ? "gzip ended with status \(status)" : text)
    }
  }
}
