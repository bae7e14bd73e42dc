internal import CXapian
import Foundation

/// How the system's allocator keeps what the program gives back.
public enum MemoryAllocation {
  /// From now on large blocks go back to the system as soon as they are free, and threads share as
  /// many arenas as there are cores. For the beginning of a process, before there are threads.
  ///
  /// Indexing takes and gives back much on several threads in turn. Left to itself the allocator of
  /// the GNU C library keeps what is free in up to eight arenas a core, large blocks among it, and
  /// the process comes to hold half as much again as it ever used.
  public static func holdLittle() {
    cxapian_hold_little_memory(Int32(ProcessInfo.processInfo.activeProcessorCount))
  }
}
