import Foundation

/// A process of this program whose time and memory are measured. Foundation's does not hand on what
/// the system says of one child alone.
struct MeasuredProcess {
  /// Wall clock.
  var seconds: Double
  /// The most memory that was resident at any time, in bytes. What this process holds when it starts
  /// the other counts as the other's, so measure before holding much.
  var peakMemory: Int

  /// Runs the program with these arguments and without a terminal or output.
  ///
  /// - Throws: ``CommandFailure`` if it cannot be started or does not succeed.
  static func run(_ arguments: [String]) throws -> MeasuredProcess {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    let executable = Composition.executablePath
    var words = ([executable] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    let start = ContinuousClock.now
    var child: pid_t = 0
    let failure = posix_spawn(&child, executable, &actions, nil, &words, environ)
    guard failure == 0 else {
      throw CommandFailure.failed(
        "\(executable) cannot be started: \(String(cString: strerror(failure))).")
    }
    var (status, usage) = (Int32(0), rusage())
    while wait4(child, &status, 0, &usage) < 0 && errno == EINTR {}
    guard status == 0 else {
      throw CommandFailure.failed("nearfind \(arguments.joined(separator: " ")) did not succeed.")
    }
    return MeasuredProcess(
      seconds: (ContinuousClock.now - start).inSeconds, peakMemory: usage.ru_maxrss * 1024)
  }
}
