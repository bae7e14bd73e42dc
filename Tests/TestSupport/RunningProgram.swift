import Foundation
public import Subprocess
import Synchronization
import SystemPackage

/// A program that runs beside the test. Whoever starts one awaits ``kill()`` or its end.
public final class RunningProgram: Sendable {
  private struct State {
    var identifier: pid_t?
    var ending: Result<TerminationStatus, any Error>?
  }

  /// What the task and the value share, so that the task does not keep the value alive.
  private final class Progress: Sendable {
    let state = Mutex(State())
  }

  private let progress = Progress()
  private let task: Task<Void, Never>

  /// Starts a program that writes to files, which are emptied first.
  ///
  /// - Parameter errors: nil sends standard error where the output goes.
  /// - Throws: why it could not be started.
  public convenience init(_ program: Program, output: String, errors: String? = nil) async throws {
    let options: FileDescriptor.OpenOptions = [.create, .append, .truncate, .closeOnExec]
    let descriptors = try [output, errors ?? output].map { (path: String) in
      try FileDescriptor.open(
        FilePath(path), .writeOnly, options: options, permissions: .ownerReadWrite)
    }
    try await self.init(program, output: descriptors[0], errors: descriptors[1])
  }

  /// Starts a program that reads from and writes to descriptors, which are closed here once it has
  /// them.
  ///
  /// - Parameter input: nil for an empty one.
  public init(
    _ program: Program, input: FileDescriptor? = nil, output: FileDescriptor,
    errors: FileDescriptor
  ) async throws {
    let progress = progress
    let input = try input ?? FileDescriptor.open("/dev/null", .readOnly, options: .closeOnExec)
    task = Task {
      let ending: Result<TerminationStatus, any Error>
      do {
        let result = try await Subprocess.run(
          program.configuration,
          input: .fileDescriptor(input, closeAfterSpawningProcess: true),
          output: .fileDescriptor(output, closeAfterSpawningProcess: true),
          error: .fileDescriptor(errors, closeAfterSpawningProcess: true)
        ) { execution in
          progress.state.withLock { $0.identifier = execution.processIdentifier.value }
        }
        ending = .success(result.terminationStatus)
      } catch {
        ending = .failure(error)
      }
      progress.state.withLock { $0.ending = ending }
    }
    try await wait(until: "\(program.configuration.executable) to start") {
      try progress.state.withLock { state in
        if case .failure(let error) = state.ending { throw error }
        return state.identifier != nil
      }
    }
  }

  deinit { task.cancel() }

  /// The process's number, which another program may have once this one has ended.
  public var identifier: pid_t { progress.state.withLock { $0.identifier ?? -1 } }

  public var isRunning: Bool { progress.state.withLock { $0.ending == nil } }

  /// Sends a signal; nothing happens if the program has ended.
  public func send(_ signal: Int32) {
    progress.state.withLock { state in
      guard state.ending == nil, let identifier = state.identifier else { return }
      _ = Foundation.kill(identifier, signal)
    }
  }

  /// - Throws: ``WaitedInVain`` if it has not ended within `limit`.
  @discardableResult
  public func waitForEnd(within limit: Duration = .seconds(120)) async throws -> TerminationStatus {
    try await wait(until: "process \(identifier) to end", within: limit) { !isRunning }
    guard let ending = progress.state.withLock({ $0.ending }) else {
      throw WaitedInVain(what: "process \(identifier) to end", limit: limit)
    }
    return try ending.get()
  }

  /// Kills the program, if it still runs, and waits for its end.
  public func kill() async throws {
    send(SIGKILL)
    try await waitForEnd()
  }
}
