import Foundation
import Node
import Synchronization
import TestSupport
import Testing

/// A machine whose user makes one file after another, each when the one before was acknowledged by
/// the group's virtual server.
final class Publishing: Sendable {
  private struct State {
    var acknowledged: [String] = []
    var isEnding = false
    var failure: (any Error)?
  }

  private let state = Mutex(State())
  private let task: Mutex<Task<Void, Never>?> = Mutex(nil)

  /// - Parameter name: begins the names of its files.
  init(_ machine: Machine, name: String) {
    let task = Task { [self] in
      do {
        var number = 0
        while !state.withLock({ $0.isEnding }) {
          let file = "\(name) \(number).txt"
          try await publish(file, on: machine)
          number += 1
        }
      } catch {
        state.withLock { $0.failure = error }
      }
    }
    self.task.withLock { $0 = task }
  }

  private func publish(_ file: String, on machine: Machine) async throws {
    let before = try await machine.status().publication?.acknowledged ?? 0
    try machine.write(to: file)
    // Nothing else changes on this machine.
    try await wait(until: "\(file) to be acknowledged", within: .seconds(300)) {
      guard let state = try await machine.status().publication else { return false }
      // Many that ask without a pause would take the time that the answer needs.
      try await Task.sleep(for: .milliseconds(100))
      return state.acknowledged > before && state.acknowledged == state.last
    }
    state.withLock { $0.acknowledged.append(file) }
  }

  /// The files that were acknowledged so far.
  var acknowledged: [String] { state.withLock { $0.acknowledged } }

  /// Ends it after the file in hand is acknowledged.
  func end() async throws {
    state.withLock { $0.isEnding = true }
    await task.withLock { $0 }?.value
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }
}
