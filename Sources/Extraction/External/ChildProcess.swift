import Foundation

/// One run of a program, from start to reaping: bounded in time and output, in a process group of
/// its own, with nothing inherited but what is named here.
struct ChildProcess {
  /// The program's absolute path first; none holds a NUL.
  var arguments: [[UInt8]]
  /// `NAME=value`; nothing else is handed on.
  var environment: [String]
  /// Wall time in seconds.
  var timeout: Double
  /// Of standard output; standard error may have as much.
  var maximumOutputByteCount: Int
  /// Becomes the child's descriptor 3.
  var inheritedDescriptor: Int32?

  enum Ending: Hashable {
    case succeeded
    case failed(ExitStatus)
    case timedOut
    case tooMuchOutput
    case cancelled
  }

  struct Outcome {
    var ending: Ending
    var output: [UInt8]
    /// The beginning of what came on standard error.
    var complaint: [UInt8]
  }

  /// Blocks until the process has ended and is reaped. Whatever happens, its group is killed.
  func run(cancellation: ProcessCancellation) -> Result<Outcome, SpawnFailure> {
    switch SpawnFunctions.pipe() {
    case .failure(let failure): return .failure(failure)
    case .success(let output):
      defer { close(output.readEnd) }
      switch SpawnFunctions.pipe() {
      case .failure(let failure):
        close(output.writeEnd)
        return .failure(failure)
      case .success(let complaint):
        defer { close(complaint.readEnd) }
        let spawned = spawn(output: output.writeEnd, complaint: complaint.writeEnd)
        close(output.writeEnd)
        close(complaint.writeEnd)
        return spawned.map { identifier in
          cancellation.started(identifier)
          var supervision = Supervision(
            output: output.readEnd, complaint: complaint.readEnd, timeout: timeout,
            maximumByteCount: maximumOutputByteCount, cancellation: cancellation)
          return supervision.watch(identifier)
        }
      }
    }
  }

  private func spawn(output: Int32, complaint: Int32) -> Result<pid_t, SpawnFailure> {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, complaint, 2)
    if let inheritedDescriptor {
      posix_spawn_file_actions_adddup2(&actions, inheritedDescriptor, 3)
    }
    let lowest: Int32 = inheritedDescriptor == nil ? 3 : 4
    let refusal = SpawnFunctions.closeDescriptors(from: lowest, in: &actions)
    guard refusal == 0 else { return .failure(SpawnFailure(code: refusal)) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
    posix_spawnattr_setflags(&attributes, Int16(flags))

    let texts = CStringArray(arguments)
    let variables = CStringArray(environment.map { Array($0.utf8) })
    defer {
      texts.free()
      variables.free()
    }
    var identifier: pid_t = 0
    guard let program = texts.pointers.first ?? nil else {
      return .failure(SpawnFailure(code: EINVAL))
    }
    let code = posix_spawn(
      &identifier, program, &actions, &attributes, texts.pointers, variables.pointers)
    return code == 0 ? .success(identifier) : .failure(SpawnFailure(code: code))
  }
}

/// What `argv` and `envp` point to.
private struct CStringArray {
  let pointers: [UnsafeMutablePointer<CChar>?]

  init(_ texts: [[UInt8]]) {
    pointers =
      texts.map { text in
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.count + 1)
        for (index, byte) in text.enumerated() { copy[index] = CChar(bitPattern: byte) }
        copy[text.count] = 0
        return copy
      } + [nil]
  }

  func free() {
    for pointer in pointers { pointer?.deallocate() }
  }
}
