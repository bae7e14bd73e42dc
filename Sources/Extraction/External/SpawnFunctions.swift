import Foundation

/// Why a process could not be started.
struct SpawnFailure: Error {
  var code: Int32
  var reason: String { systemMessage(code) }
}

/// Functions of glibc (2.34 and later) that its Swift module leaves out, found by name. Without them
/// descriptors that other threads open would leak into children.
enum SpawnFunctions {
  private typealias PipeFunction = @convention(c) (UnsafeMutablePointer<Int32>, Int32) -> Int32
  private typealias CloseFromFunction =
    @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32

  /// A pipe whose ends no child inherits.
  static func pipe() -> Result<(readEnd: Int32, writeEnd: Int32), SpawnFailure> {
    guard let symbol = dlsym(nil, "pipe2") else { return .failure(SpawnFailure(code: ENOSYS)) }
    var ends: [Int32] = [-1, -1]
    guard unsafeBitCast(symbol, to: PipeFunction.self)(&ends, O_CLOEXEC) == 0 else {
      return .failure(SpawnFailure(code: errno))
    }
    return .success((ends[0], ends[1]))
  }

  /// Has the child close every descriptor from `lowest` on.
  static func closeDescriptors(
    from lowest: Int32, in actions: inout posix_spawn_file_actions_t
  ) -> Int32 {
    guard let symbol = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np") else {
      return ENOSYS
    }
    return unsafeBitCast(symbol, to: CloseFromFunction.self)(&actions, lowest)
  }
}
