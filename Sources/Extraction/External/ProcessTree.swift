import Foundation

/// Ends a process with all that it started.
///
/// Killing the group alone is not enough: what changed its session is not in it any more, and a
/// sandbox that is killed while it is being set up leaves a child that has not asked yet to die
/// with its parent. So the leader is stopped first, which keeps it from starting more, and what it
/// has started is found and killed before it.
enum ProcessTree {
  /// How long to wait for the leader to stand still. One inside the kernel may take long; then it
  /// starts nothing either.
  private static let patience = Duration.seconds(1)

  /// - Parameter leader: our own child, not reaped yet, which leads a process group.
  static func kill(_ leader: pid_t) {
    Foundation.kill(leader, SIGSTOP)
    waitUntilStill(leader)
    for child in descendants(of: leader) { Foundation.kill(child, SIGKILL) }
    Foundation.kill(-leader, SIGKILL)
  }

  private static func waitUntilStill(_ leader: pid_t) {
    let deadline = ContinuousClock.now + patience
    while ContinuousClock.now < deadline {
      var information = siginfo_t()
      // A look that leaves its state to be seen again.
      let looked = waitid(
        P_PID, id_t(leader), &information, WSTOPPED | WEXITED | WNOHANG | WNOWAIT)
      if looked != 0 || information.si_signo == SIGCHLD { return }
      // A stop takes some microseconds; whoever calls this holds the process's lock meanwhile.
      usleep(200)
    }
  }

  /// Empty where the kernel does not list children.
  private static func descendants(of process: pid_t) -> [pid_t] {
    let tasks = "/proc/\(process)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: tasks)) ?? []
    let children = threads.flatMap { thread in
      let list = FileManager.default.contents(atPath: "\(tasks)/\(thread)/children") ?? Data()
      return list.split(separator: UInt8(ascii: " ")).compactMap {
        pid_t(String(decoding: $0, as: UTF8.self))
      }
    }
    return children + children.flatMap(descendants(of:))
  }
}
