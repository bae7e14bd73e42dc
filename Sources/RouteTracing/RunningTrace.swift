import RouterBands

/// A trace, its sockets and whom to tell, in the hands of one thread.
final class RunningTrace {
  let request: TraceRequest
  private(set) var progress: TraceProgress
  private var sockets: [ProbeSocket] = []
  private let startedAt: ContinuousClock.Instant

  /// Opens the sockets and sends the probes, the nearest hop's first.
  init(_ request: TraceRequest) throws(RouteTracingError) {
    self.request = request
    progress = request.progress
    startedAt = .now
    // All are open before the first is sent: a trace that cannot be made whole sends nothing.
    for position in progress.positions {
      sockets.append(try ProbeSocket(to: progress.destination, position: position))
    }
    for socket in sockets { try socket.send(to: progress.destination) }
  }

  /// In the order of the indices that ``read(socketAt:)`` takes.
  var descriptors: [CInt] { sockets.map(\.descriptor) }

  private var elapsed: Duration { ContinuousClock.now - startedAt }

  var isDone: Bool { progress.isDone(elapsed: elapsed) }

  /// How long until the trace ends at the latest; negative when it should have.
  var timeLeft: Duration { progress.deadline - elapsed }

  /// Reads everything that waits at a socket.
  func read(socketAt index: Int) {
    guard sockets.indices.contains(index) else { return }
    let position = progress.positions[index]
    while let answer = sockets[index].nextAnswer() {
      progress.note(
        answer.kind, from: answer.sender, at: position,
        roundTrip: roundTrip(of: answer, socketAt: index), elapsed: elapsed)
    }
    while sockets[index].takeDatagram() {
      progress.note(
        .unreachable, from: progress.destination, at: position, roundTrip: elapsed,
        elapsed: elapsed)
    }
  }

  /// By the kernel's time of arrival, which does not wait for this process; by the time of reading
  /// where the wall clock was set meanwhile.
  private func roundTrip(of answer: ProbeAnswer, socketAt index: Int) -> Duration {
    let elapsed = elapsed
    guard let arrival = answer.arrival else { return elapsed }
    let (difference, overflows) =
      arrival.subtractingReportingOverflow(sockets[index].sentAt)
    let measured = Duration.nanoseconds(difference)
    return overflows || measured < .zero || measured > elapsed ? elapsed : measured
  }
}
