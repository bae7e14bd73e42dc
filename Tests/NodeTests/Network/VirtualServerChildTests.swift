import Foundation
import Protocol
import Synchronization
import TestSupport
import Testing

@testable import Node

/// The process is a small script here: what matters is what goes through the pipes and how it ends.
@Suite struct VirtualServerChildTests {
  final class Notes: Sendable {
    private let state = Mutex<(events: [VirtualServerEvent], endings: [UInt64])>(([], []))
    func take(_ run: UInt64, _ news: VirtualServerChild.News) {
      state.withLock { state in
        switch news {
        case .event(let event): state.events.append(event)
        case .ended: state.endings.append(run)
        }
      }
    }
    var events: [VirtualServerEvent] { state.withLock { $0.events } }
    var endings: [UInt64] { state.withLock { $0.endings } }
  }

  private func process(_ script: String) -> (VirtualServerChild, Notes) {
    let notes = Notes()
    let launch = VirtualServerChild.Launch(executable: "/bin/bash") { endpoint in
      ["-c", script, "script", "\(endpoint)"]
    }
    return (VirtualServerChild(launch) { notes.take($0, $1) }, notes)
  }

  private static let anywhere = NetworkEndpoint(address: "127.0.0.1", port: 0)

  /// Says that it listens, and repeats what it reads as log lines without quotation marks.
  private static let echo = """
    echo '{"listening":{"port":4711}}'
    while read -r line; do echo "{\\"log\\":{\\"_0\\":\\"${line//\\"/}\\"}}"; done
    """

  @Test func commandsGoInAndEventsComeOut() async throws {
    let (process, notes) = process(Self.echo)
    process.start(run: 7, at: Self.anywhere)
    process.send(.drain)
    process.send(.reloadIdentity)
    try await wait(until: "two lines") { notes.events.count == 3 }
    #expect(
      notes.events == [.listening(port: 4711), .log("{drain:{}}"), .log("{reloadIdentity:{}}")])
    process.stop()
    try await wait(until: "its end") { notes.endings == [7] }
    #expect(notes.events.last == .log("{stop:{}}"))
  }

  @Test func aKilledProcessIsNoticedAndCanBeStartedAgain() async throws {
    let (process, notes) = process("echo '{\"log\":{\"_0\":\"'$$'\"}}'; exec sleep 600")
    for run: UInt64 in 1...3 {
      process.start(run: run, at: Self.anywhere)
      try await wait(until: "a start") { notes.events.count == Int(run) }
      guard case .log(let text)? = notes.events.last, let identifier = pid_t(text) else {
        Issue.record("\(notes.events)")
        return
      }
      kill(identifier, SIGKILL)
      try await wait(until: "its end") { notes.endings.count == Int(run) }
      // It is gone; what is said to it is lost.
      process.send(.drain)
    }
    #expect(notes.endings == [1, 2, 3])
  }

  @Test func nonsenseIsALogLine() async throws {
    let (process, notes) = process("echo nonsense; echo '{}'; read")
    process.start(run: 1, at: Self.anywhere)
    try await wait(until: "two lines") { notes.events.count == 2 }
    for event in notes.events {
      guard case .log = event else {
        Issue.record("\(event)")
        return
      }
    }
    process.stop()
    try await wait(until: "its end") { notes.endings == [1] }
  }

  @Test func aProgramThatIsNotThereEndsAtOnce() async throws {
    let notes = Notes()
    let launch = VirtualServerChild.Launch(executable: "/no/such/program") { _ in [] }
    let process = VirtualServerChild(launch) { notes.take($0, $1) }
    process.start(run: 1, at: Self.anywhere)
    try await wait(until: "its end") { notes.endings == [1] }
  }
}
