import Foundation
public import Protocol
import Subprocess
import Synchronization
import SystemPackage

/// The virtual server process of this machine: commands go in, events come out, one JSON object a
/// line. It has a session of its own, so that Ctrl-C at the daemon's terminal reaches the daemon
/// alone, which then ends it in order.
public final class VirtualServerChild: Sendable {
  /// How the process is started.
  public struct Launch: Sendable {
    /// Absolute.
    public var executable: String
    /// - Parameter endpoint: where to listen; at any port if its port is 0 or is taken.
    public var arguments: @Sendable (_ endpoint: NetworkEndpoint) -> [String]

    public init(
      executable: String, arguments: @escaping @Sendable (_ endpoint: NetworkEndpoint) -> [String]
    ) {
      self.executable = executable
      self.arguments = arguments
    }
  }

  /// What a run of the process tells.
  enum News: Sendable {
    case event(VirtualServerEvent)
    /// The last of a run, in words.
    case ended(String)
  }

  private struct Run {
    let number: UInt64
    let commands: AsyncStream<VirtualServerCommand>.Continuation
  }

  private let launch: Launch
  private let tell: @Sendable (_ run: UInt64, News) -> Void
  private let current = Mutex<Run?>(nil)

  /// - Parameter tell: is called in the order of what happens in a run; from any thread.
  init(_ launch: Launch, tell: @escaping @Sendable (_ run: UInt64, News) -> Void) {
    self.launch = launch
    self.tell = tell
  }

  /// Starts the process. What went before is told to stop, if it still runs.
  func start(run number: UInt64, at endpoint: NetworkEndpoint) {
    let (stream, continuation) = AsyncStream<VirtualServerCommand>.makeStream()
    let former = current.withLock { current in
      defer { current = Run(number: number, commands: continuation) }
      return current
    }
    former?.commands.finish()
    Task { await self.supervise(number, endpoint, stream) }
  }

  /// What is sent to a process that has ended is lost, as it would be a moment later.
  func send(_ command: VirtualServerCommand) {
    _ = current.withLock { $0?.commands.yield(command) }
  }

  /// Lets the process finish what it does. One that does not end is ended, and then killed.
  func stop() {
    current.withLock { current in
      current?.commands.yield(.stop)
      current?.commands.finish()
    }
  }

  private static let gracePeriod: Duration = .seconds(10)
  private static let longestLine = 4 << 20

  private func supervise(
    _ number: UInt64, _ endpoint: NetworkEndpoint, _ commands: AsyncStream<VirtualServerCommand>
  ) async {
    var options = PlatformOptions()
    options.createSession = true
    let ending = [TeardownStep.gracefulShutDown(allowedDurationToNextStep: Self.gracePeriod)]
    options.teardownSequence = ending
    let configuration = Configuration(
      executable: .path(FilePath(launch.executable)),
      arguments: Arguments(launch.arguments(endpoint)), platformOptions: options)
    do {
      let result = try await Subprocess.run(
        configuration, input: .inputWriter, output: .sequence, error: .currentStandardError
      ) { execution in
        let writer = execution.standardInputWriter
        let isStopping = Bell()
        await withTaskGroup(of: Void.self) { group in
          group.addTask {
            for await command in commands {
              guard let line = try? BoundedJSON.encode(command) else { continue }
              // A process that is gone says so at the other end.
              guard (try? await writer.write(line + [UInt8(ascii: "\n")])) != nil else { return }
            }
            try? await writer.finish()
            if !Task.isCancelled { await isStopping.ring() }
          }
          group.addTask {
            await isStopping.wait(atMost: .seconds(1 << 31))
            guard !Task.isCancelled else { return }
            // A limit on its orderly end; cut short when it has ended.
            try? await Task.sleep(for: Self.gracePeriod)
            guard !Task.isCancelled else { return }
            await execution.teardown(using: ending)
          }
          // In this task, because there is one reader for one stream.
          try? await self.read(execution.standardOutput, of: number)
          group.cancelAll()
        }
        // It has closed its output; what is left of it ends now.
        await execution.teardown(using: ending)
      }
      end(number, "It ended: \(result.terminationStatus).")
    } catch {
      end(number, "It could not be run: \(error)")
    }
  }

  private func read(_ output: SubprocessOutputSequence, of number: UInt64) async throws {
    let lines = output.strings(
      separatedBy: .unicodeScalarSequence(["\n"]), bufferingPolicy: .maxLineLength(Self.longestLine)
    )
    let limits = JSONLimits(byteCount: Self.longestLine)
    for try await line in lines where !line.isEmpty {
      let bytes = Array(line.utf8).filter { $0 != UInt8(ascii: "\n") }
      do throws(JSONProblem) {
        tell(number, .event(try BoundedJSON.decode(from: bytes, limits: limits)))
      } catch {
        tell(number, .event(.log("A line of the virtual server is not understood: \(error)")))
      }
    }
  }

  private func end(_ number: UInt64, _ reason: String) {
    current.withLock { current in
      guard current?.number == number else { return }
      current?.commands.finish()
      current = nil
    }
    tell(number, .ended(reason))
  }
}
