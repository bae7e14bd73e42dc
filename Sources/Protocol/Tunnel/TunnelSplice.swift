import NIOCore
import Synchronization

/// Joins two pipes into one: what comes out of each goes into the other, unread. No more is taken from
/// one than the other has taken, so that memory stays flat however fast one sends.
public final class TunnelSplice: Sendable {
  /// What is to become of a passage after some more bytes.
  public enum Verdict: Hashable, Sendable {
    /// Read on after this time.
    case goOn(after: Duration)
    case end
  }

  /// How it ended.
  public enum Ending: Hashable, Sendable {
    /// One of the ends closed it, or was lost.
    case closed
    /// Nothing moved for too long.
    case idle
    /// The verdict was to end.
    case stopped
  }

  private struct State {
    var moved = NIODeadline.now()
    var ending: Ending?
    var openInputs = 2
  }

  private let first: TunnelPipe
  private let second: TunnelPipe
  private let idleLimit: Duration
  private let judge: @Sendable (_ byteCount: Int) -> Verdict
  private let state = Mutex(State())

  /// - Parameters:
  ///   - idle: how long nothing may move.
  ///   - judge: is told how many bytes were passed on, and says how to go on; must not wait.
  public init(
    _ first: TunnelPipe, _ second: TunnelPipe, idle: Duration,
    judge: @escaping @Sendable (_ byteCount: Int) -> Verdict
  ) {
    (self.first, self.second) = (first, second)
    idleLimit = idle
    self.judge = judge
  }

  /// Passes bytes on until both directions have ended, a limit is reached or the task is cancelled.
  /// Both pipes are closed then.
  public func run() async -> Ending {
    do {
      try await withTaskCancellationHandler {
        try await attach(first, to: second)
        try await attach(second, to: first)
        watch()
        await first.closed()
        await second.closed()
      } onCancel: {
        close()
      }
    } catch {
      // One of them had ended before.
      close()
    }
    return state.withLock { $0.ending ?? .closed }
  }

  private func attach(_ pipe: TunnelPipe, to partner: TunnelPipe) async throws {
    let channel = partner.channel
    try await pipe.attach { [self] own in
      try own.syncOptions?.setOption(.autoRead, value: false)
      // One direction may end before the other.
      try own.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
      try own.pipeline.syncOperations.addHandler(SpliceHandler(self, partner: channel))
    }
  }

  private func close() {
    for channel in [first.channel, second.channel] {
      // The other side's goodbye is waited for, and nobody else reads it any more.
      channel.setOption(.autoRead, value: true).whenComplete { _ in channel.close(promise: nil) }
    }
  }

  private func end(_ ending: Ending) {
    state.withLock { $0.ending = $0.ending ?? ending }
    close()
  }

  /// Looks when it would be idle for too long, and not before.
  private func watch() {
    let wait = state.withLock { state -> TimeAmount? in
      let limit = TimeAmount.nanoseconds(Int64(idleLimit.nanoseconds))
      let rest = state.moved + limit - .now()
      return rest > .zero ? rest : nil
    }
    guard let wait else { return end(.idle) }
    let alarm = first.channel.eventLoop.scheduleTask(in: wait) { self.watch() }
    first.channel.closeFuture.whenComplete { _ in alarm.cancel() }
  }

  fileprivate func passed(_ byteCount: Int) -> TimeAmount? {
    state.withLock { $0.moved = .now() }
    switch judge(byteCount) {
    case .goOn(let time): return .nanoseconds(Int64(time.nanoseconds))
    case .end:
      end(.stopped)
      return nil
    }
  }

  /// Nothing more comes in one direction.
  fileprivate func inputEnded(to partner: any Channel) {
    let isLast = state.withLock { state in
      state.openInputs -= 1
      return state.openInputs == 0
    }
    if isLast { end(.closed) } else { partner.close(mode: .output, promise: nil) }
  }
}

/// One direction of a splice: at the pipe where bytes come out.
private final class SpliceHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let splice: TunnelSplice
  private let partner: any Channel
  private var batch: [ByteBuffer] = []
  private var isPassing = false
  private var isInputClosed = false
  private var isInactive = false
  private var hasEnded = false

  init(_ splice: TunnelSplice, partner: any Channel) {
    self.splice = splice
    self.partner = partner
  }

  func handlerAdded(context: ChannelHandlerContext) {
    context.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    batch.append(unwrapInboundIn(data))
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if !batch.isEmpty {
      pass(context)
    } else if !isPassing {
      context.read()
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard case .inputClosed? = event as? ChannelEvent else {
      context.fireUserInboundEventTriggered(event)
      return
    }
    isInputClosed = true
    endIfDone(context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    isInactive = true
    endIfDone(context)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func pass(_ context: ChannelHandlerContext) {
    guard !isPassing, !batch.isEmpty else { return }
    isPassing = true
    let byteCount = batch.reduce(0) { $0 + $1.readableBytes }
    let last = batch.removeLast()
    for buffer in batch { partner.write(buffer, promise: nil) }
    batch = []
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    partner.writeAndFlush(last).hop(to: context.eventLoop).whenComplete { result in
      let (handler, context) = bound.value
      handler.passed(byteCount, result, context)
    }
  }

  private func passed(
    _ byteCount: Int, _ result: Result<Void, any Error>, _ context: ChannelHandlerContext
  ) {
    guard case .success = result else {
      context.close(promise: nil)
      return
    }
    guard let pause = splice.passed(byteCount) else { return }
    guard pause > .zero else { return goOn(context) }
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: pause) {
      let (handler, context) = bound.value
      handler.goOn(context)
    }
  }

  private func goOn(_ context: ChannelHandlerContext) {
    isPassing = false
    if batch.isEmpty {
      if !isInputClosed, !isInactive { context.read() }
      endIfDone(context)
    } else {
      pass(context)
    }
  }

  /// What came before the end is passed on first.
  private func endIfDone(_ context: ChannelHandlerContext) {
    guard isInputClosed || isInactive, !isPassing else { return }
    guard batch.isEmpty else { return pass(context) }
    if isInactive {
      partner.close(promise: nil)
    } else if !hasEnded {
      hasEnded = true
      splice.inputEnded(to: partner)
    }
  }
}
