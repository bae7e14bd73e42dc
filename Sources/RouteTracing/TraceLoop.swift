import Glibc
import RouterBands
import Synchronization

/// The thread that runs traces: waits for answers at all their sockets at once, and for the time of
/// the first that is to end.
final class TraceLoop: Sendable {
  /// What other threads want of this one.
  private struct Inbox {
    var requests: [TraceRequest] = []
    var cancelled: Set<UInt64> = []
    var isStopping = false
    /// Nothing is taken in any more.
    var isClosed = false
  }

  /// What the thread alone knows.
  private struct Work {
    /// In the order of asking.
    var waiting: [TraceRequest] = []
    var running: [UInt64: RunningTrace] = [:]
  }

  private let limit: Int
  /// A pipe that has something to read as soon as the inbox has.
  private let wakeUp: (reading: CInt, writing: CInt)
  private let inbox = Mutex(Inbox())

  init(limit: Int) throws(RouteTracingError) {
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0 else { throw RouteTracingError(code: errno, call: "pipe") }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    self.limit = limit
    wakeUp = (reading: ends[0], writing: ends[1])
  }

  deinit {
    close(wakeUp.reading)
    close(wakeUp.writing)
  }

  /// Starts the thread; it holds the loop until ``stop()``.
  func start() throws(RouteTracingError) {
    let loop = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<TraceLoop>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, loop.toOpaque())
    guard code == 0 else {
      loop.release()
      throw .system(call: "pthread_create", code: code)
    }
    pthread_detach(thread)
  }

  func submit(_ request: TraceRequest) {
    let isTaken = inbox.withLock { inbox in
      if !inbox.isClosed { inbox.requests.append(request) }
      return !inbox.isClosed
    }
    if isTaken { wake() } else { request.finish(.failure(.cancelled)) }
  }

  /// Ends a trace that was submitted. Nothing for one that is done.
  func cancel(_ number: UInt64) {
    inbox.withLock { inbox in
      if !inbox.isClosed { inbox.cancelled.insert(number) }
    }
    wake()
  }

  /// Cancels all traces and ends the thread.
  func stop() {
    inbox.withLock { $0.isStopping = true }
    wake()
  }

  private func wake() {
    // Fails only when so much waits in the pipe that it is awake already.
    _ = write(wakeUp.writing, [0], 1)
  }

  private func run() {
    var work = Work()
    while takeInbox(into: &work) {
      startWaiting(&work)
      waitForAnswers(work)
      finishDone(&work)
    }
    let left = work.waiting + work.running.values.map(\.request)
    work.running = [:]
    for request in left { request.finish(.failure(.cancelled)) }
  }

  /// - Returns: whether to go on.
  private func takeInbox(into work: inout Work) -> Bool {
    let taken = inbox.withLock { inbox in
      let taken = inbox
      inbox.requests = []
      inbox.cancelled = []
      inbox.isClosed = inbox.isStopping
      return taken
    }
    work.waiting += taken.requests
    for number in taken.cancelled {
      work.running.removeValue(forKey: number)?.request.finish(.failure(.cancelled))
      guard let index = work.waiting.firstIndex(where: { $0.number == number }) else { continue }
      work.waiting.remove(at: index).finish(.failure(.cancelled))
    }
    return !taken.isStopping
  }

  private func startWaiting(_ work: inout Work) {
    while work.running.count < limit, !work.waiting.isEmpty {
      let request = work.waiting.removeFirst()
      do throws(RouteTracingError) {
        work.running[request.number] = try RunningTrace(request)
      } catch {
        // Other traces hold descriptors that are free soon.
        if error == .outOfDescriptors, !work.running.isEmpty {
          work.waiting.insert(request, at: 0)
          return
        }
        request.finish(.failure(error))
      }
    }
  }

  private func waitForAnswers(_ work: Work) {
    var waits = [pollfd(fd: wakeUp.reading, events: Int16(POLLIN), revents: 0)]
    var sources: [(trace: RunningTrace, index: Int)] = []
    for trace in work.running.values {
      for (index, descriptor) in trace.descriptors.enumerated() {
        // Errors are told without being asked for.
        waits.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
        sources.append((trace, index))
      }
    }
    let left = work.running.values.map(\.timeLeft).min()
    let milliseconds = left.map { max(0, ($0 / .milliseconds(1)).rounded(.up)) }
    guard poll(&waits, nfds_t(waits.count), milliseconds.map { CInt($0) } ?? -1) > 0 else { return }
    if waits[0].revents != 0 {
      var bytes = [UInt8](repeating: 0, count: 256)
      _ = read(wakeUp.reading, &bytes, bytes.count)
    }
    for (wait, source) in zip(waits.dropFirst(), sources) where wait.revents != 0 {
      source.trace.read(socketAt: source.index)
    }
  }

  private func finishDone(_ work: inout Work) {
    for (number, trace) in work.running where trace.isDone {
      work.running[number] = nil
      trace.request.finish(.success(trace.progress.route))
    }
  }
}
