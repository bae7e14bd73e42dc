import Foundation
public import Subprocess
import SystemPackage

/// A program that a test runs as a shell would.
///
/// Nothing here blocks a thread that Swift's tasks run on, and a program inherits no descriptor but
/// its three streams: with Foundation's `Process`, one started at the same moment can hold another's
/// pipe open, and two tests that wait for each other's programs never end.
public struct Program: Sendable {
  /// What a program left behind.
  public struct Outcome: Sendable {
    public var ending: TerminationStatus
    public var outputBytes: [UInt8]
    public var errorBytes: [UInt8]

    public init(ending: TerminationStatus, output: [UInt8], errors: [UInt8] = []) {
      self.ending = ending
      outputBytes = output
      errorBytes = errors
    }

    public var output: String { String(decoding: outputBytes, as: UTF8.self) }
    public var errors: String { String(decoding: errorBytes, as: UTF8.self) }

    /// The exit status; 128 and the signal's number if a signal ended the program, as shells say it.
    public var status: Int32 {
      switch ending {
      case .exited(let code): code
      case .signaled(let signal): 128 + signal
      }
    }

    /// The lines of the output that are not empty.
    public var lines: [String] { output.split(separator: "\n").map(String.init) }
  }

  /// A program that is still there long after it should have ended. It was killed.
  public struct NeverEnded: Error, CustomStringConvertible {
    public var program: String
    public var limit: Duration
    public var description: String { "\(program) was still running after \(limit)" }
  }

  public var configuration: Configuration

  /// - Parameters:
  ///   - path: an absolute path, or a name to look up in `PATH`.
  ///   - environment: all of it; nil hands on the test's own.
  ///   - directory: nil is the test's own.
  public init(
    _ path: String, _ arguments: [String], environment: [String: String]? = nil,
    directory: String? = nil
  ) {
    let variables = environment.map { named in
      // Without the NUL the package would read on into whatever memory follows.
      named.map { name, value in Array("\(name)=\(value)\0".utf8) }
    }
    configuration = Configuration(
      executable: path.hasPrefix("/") ? .path(FilePath(path)) : .name(path),
      arguments: Arguments(arguments),
      environment: variables.map { .custom($0) } ?? .inherit,
      workingDirectory: directory.map { FilePath($0) })
  }

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - input: its standard input, empty if nothing is given.
  ///   - limit: generous; then it is killed.
  /// - Throws: ``NeverEnded``, or why it could not be started.
  public func run(input: [UInt8] = [], within limit: Duration = .seconds(600)) async throws
    -> Outcome
  {
    try await bounded(by: limit) {
      let result = try await Subprocess.run(
        configuration, input: .array(input), output: .bytes(limit: Self.mostOutput),
        error: .bytes(limit: Self.mostOutput))
      return Outcome(
        ending: result.terminationStatus,
        output: result.standardOutput, errors: result.standardError)
    }
  }

  private static let mostOutput = 256 << 20

  func bounded<Value: Sendable>(
    by limit: Duration, _ work: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await work() }
      group.addTask {
        try await Task.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      guard let value = try await group.next() ?? nil else {
        throw NeverEnded(program: "\(configuration.executable)", limit: limit)
      }
      return value
    }
  }
}
