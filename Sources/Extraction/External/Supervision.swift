import Foundation

/// Reads what a process prints and sees to it that it ends.
struct Supervision {
  private enum Stop {
    case timedOut, tooMuchOutput, cancelled
  }

  private struct Stream {
    let descriptor: Int32
    /// How much is kept; the rest is counted.
    let keptByteCount: Int
    var kept: [UInt8] = []
    var byteCount = 0
    var hasEnded = false
  }

  /// After a kill: how long to wait for the process to be gone. One that sleeps inside the kernel
  /// (on a dead network file system) can take for ever.
  private static let killGrace = Duration.seconds(5)

  /// Milliseconds after which a cancellation is noticed even if nothing of it reaches the streams.
  private static let longestLook = 250.0

  /// How much of standard error is kept, in bytes.
  private static let complaintByteCount = 2048

  private var output: Stream
  private var complaint: Stream
  private var deadline: ContinuousClock.Instant
  private let maximumByteCount: Int
  private let cancellation: ProcessCancellation
  private var stop: Stop?
  private var buffer = [UInt8](repeating: 0, count: 64 * 1024)

  init(
    output: Int32, complaint: Int32, timeout: Double, maximumByteCount: Int,
    cancellation: ProcessCancellation
  ) {
    self.output = Stream(descriptor: output, keptByteCount: maximumByteCount)
    self.complaint = Stream(descriptor: complaint, keptByteCount: Self.complaintByteCount)
    self.deadline = .now + .seconds(timeout)
    self.maximumByteCount = maximumByteCount
    self.cancellation = cancellation
  }

  mutating func watch(_ process: pid_t) -> ChildProcess.Outcome {
    while !(output.hasEnded && complaint.hasEnded), checkTime() { readSome() }
    var status = cancellation.reap()
    while status == nil, checkTime() {
      // Both streams are closed: the process is about to end, or hangs without a word.
      usleep(500)
      status = cancellation.reap()
    }
    if status == nil { leaveToReaper() }
    return ChildProcess.Outcome(
      ending: ending(status), output: output.kept, complaint: complaint.kept)
  }

  private func ending(_ status: Int32?) -> ChildProcess.Ending {
    if cancellation.isCancelled { return .cancelled }
    switch stop {
    case .timedOut: return .timedOut
    case .tooMuchOutput: return .tooMuchOutput
    case .cancelled: return .cancelled
    case nil: break
    }
    guard let status else { return .timedOut }
    // The layout of a wait status: the low seven bits are the signal, the next byte the status.
    let signal = status & 0x7F
    if signal != 0 { return .failed(.killed(signal: signal)) }
    let code = status >> 8 & 0xFF
    return code == 0 ? .succeeded : .failed(.exited(code))
  }

  /// Kills the process when its time is over.
  ///
  /// - Returns: false when even the time after the kill is over.
  private mutating func checkTime() -> Bool {
    if stop == nil, cancellation.isCancelled { end(.cancelled) }
    guard ContinuousClock.now >= deadline else { return true }
    // The second time around the kill has had its grace.
    if stop != nil { return false }
    end(.timedOut)
    return true
  }

  private mutating func end(_ reason: Stop) {
    stop = reason
    deadline = .now + Self.killGrace
    cancellation.killGroup()
  }

  private mutating func readSome() {
    var polled = [output, complaint].map { stream in
      pollfd(
        fd: stream.hasEnded ? -1 : stream.descriptor, events: Int16(POLLIN), revents: 0)
    }
    let remaining = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
    let patience = max(0, min(remaining, Self.longestLook)).rounded(.up)
    guard poll(&polled, nfds_t(polled.count), Int32(patience)) > 0 else { return }
    if polled[0].revents != 0 { read(\.output) }
    if polled[1].revents != 0 { read(\.complaint) }
    let isTooMuch = max(output.byteCount, complaint.byteCount) > maximumByteCount
    if isTooMuch, stop == nil { end(.tooMuchOutput) }
  }

  private mutating func read(_ path: WritableKeyPath<Supervision, Stream>) {
    let descriptor = self[keyPath: path].descriptor
    let received = buffer.withUnsafeMutableBytes {
      Foundation.read(descriptor, $0.baseAddress, $0.count)
    }
    guard received > 0 else {
      if received == 0 || errno != EINTR { self[keyPath: path].hasEnded = true }
      return
    }
    self[keyPath: path].byteCount += received
    let room = self[keyPath: path].keptByteCount - self[keyPath: path].kept.count
    self[keyPath: path].kept.append(contentsOf: buffer[..<min(room, received)])
  }

  /// Has a thread wait for a killed process that the kernel does not let go, so that it does not
  /// stay as a zombie once it does.
  private func leaveToReaper() {
    let cancellation = cancellation
    Thread.detachNewThread {
      while cancellation.reap() == nil { sleep(1) }
    }
  }
}
