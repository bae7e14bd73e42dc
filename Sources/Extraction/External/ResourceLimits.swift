/// What one run may use.
struct ResourceLimits {
  /// Wall time in seconds; the processor time of each process is bounded by it too.
  var timeout: Double
  var maximumOutputByteCount = 1 << 20
  /// Address space of each process, in MiB.
  var maximumMemory = 1024
  /// Processes and threads together.
  var maximumProcessCount = 64
  /// Each file, and the temporary folder as a whole, in MiB.
  var maximumTemporarySpace = 64
}
