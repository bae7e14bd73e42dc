internal import CXapian

/// How the system's allocator keeps what the program gives back.
public enum MemoryAllocation {
  /// From now on large blocks go back to the system as soon as they are free. For the beginning of a
  /// process that indexes.
  ///
  /// Indexing takes and gives back blocks of megabytes on several threads. The allocator of the GNU C
  /// library takes that for a sign to keep such blocks in the arena of each thread, in pieces between
  /// others, and the process comes to hold half as much again as it ever used.
  public static func returnLargeBlocks() { cxapian_return_large_blocks() }
}
