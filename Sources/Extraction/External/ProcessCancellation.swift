import Foundation
import Synchronization

/// Lets a cancelled task end the process that another thread supervises.
///
/// The lock makes kill and reaping exclude each other: once a process is reaped, its number may
/// belong to a stranger's.
final class ProcessCancellation: Sendable {
  private struct State {
    var processGroup: pid_t?
    var isCancelled = false
  }

  private let state = Mutex(State())

  var isCancelled: Bool { state.withLock { $0.isCancelled } }

  /// Kills the process group, now or as soon as there is one.
  func cancel() {
    state.withLock { state in
      state.isCancelled = true
      if let group = state.processGroup { ProcessTree.kill(group) }
    }
  }

  /// - Parameter group: a process just started, which leads a group of its own.
  func started(_ group: pid_t) {
    state.withLock { state in
      state.processGroup = group
      if state.isCancelled { ProcessTree.kill(group) }
    }
  }

  /// Kills the group for the supervisor's own reasons.
  func killGroup() {
    state.withLock { state in
      if let group = state.processGroup { ProcessTree.kill(group) }
    }
  }

  /// Reaps the process if it has ended, after killing what is left of its group.
  ///
  /// - Returns: nil while it runs, else its status as `waitpid` gives it.
  func reap() -> Int32? {
    state.withLock { state in
      guard let group = state.processGroup else { return nil }
      var information = siginfo_t()
      // A look that leaves the process unreaped keeps its number, hence its group, ours.
      let looked = waitid(P_PID, id_t(group), &information, WEXITED | WNOHANG | WNOWAIT)
      guard looked == 0, information.si_signo == SIGCHLD else { return nil }
      kill(-group, SIGKILL)
      var status: Int32 = 0
      while waitpid(group, &status, 0) == -1, errno == EINTR {}
      state.processGroup = nil
      return status
    }
  }
}
