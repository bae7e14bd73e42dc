import Foundation
import Synchronization

/// One line on a terminal that says how far a long piece of work is, how fast it goes and how long
/// it will still take. Silent for the first second, and for ever where nobody watches.
public final class ProgressLine: Sendable {
  public struct Step: Sendable, Hashable {
    /// What is being done: `scanning`, `reading`.
    public var activity: String
    public var done: Int
    /// Nil while it is not known how much there is.
    public var total: Int?
    public var unit: String
    /// How much of what these are made of: `1.2 GB of 40 GB`. Moves while a huge file holds up the
    /// count.
    public var amount: String?

    public init(
      activity: String, done: Int, total: Int? = nil, unit: String = "files", amount: String? = nil
    ) {
      self.activity = activity
      self.done = done
      self.total = total
      self.unit = unit
      self.amount = amount
    }
  }

  private struct State {
    var started: ContinuousClock.Instant
    var activityStarted: ContinuousClock.Instant
    var doneBefore = 0
    var activity = ""
    var drawn: ContinuousClock.Instant?
    var width = 0
    var isOver = false
  }

  private static let patience = Duration.seconds(1)
  private static let interval = Duration.milliseconds(100)

  private let channel: OutputChannel?
  private let state: Mutex<State>

  /// - Parameter channel: where to draw, if it is a terminal.
  public init(on channel: OutputChannel, now: ContinuousClock.Instant = .now) {
    self.channel = channel.isTerminal ? channel : nil
    state = Mutex(State(started: now, activityStarted: now))
  }

  public func show(_ step: Step, now: ContinuousClock.Instant = .now) {
    guard channel != nil else { return }
    state.withLock { state in
      if step.activity != state.activity {
        state.activity = step.activity
        state.activityStarted = now
        state.doneBefore = step.done
      }
      draw(&state, now: now) { state in
        Self.text(step, doneBefore: state.doneBefore, elapsed: now - state.activityStarted)
      }
    }
  }

  /// Shows a line that says all there is to say.
  ///
  /// - Parameter text: printable; made only when it is due.
  func show(now: ContinuousClock.Instant = .now, _ text: () -> String) {
    guard channel != nil else { return }
    state.withLock { state in draw(&state, now: now) { _ in text() } }
  }

  private func draw(
    _ state: inout State, now: ContinuousClock.Instant, _ text: (State) -> String
  ) {
    guard let channel, !state.isOver, now - state.started >= Self.patience else { return }
    if let drawn = state.drawn, now - drawn < Self.interval { return }
    let visible = DisplayWidth.truncated(text(state), to: (channel.columns ?? 80) - 1)
    let width = DisplayWidth.of(visible)
    // Blanks instead of an escape sequence: this works on every terminal there is. Written before
    // anyone else can draw or clear, or the line would come back behind what was said since.
    channel.emit("\r" + DisplayWidth.padded(visible, to: state.width))
    state.drawn = now
    state.width = width
  }

  /// Takes the line away, so that the next output starts on a clean one.
  public func clear() {
    guard let channel else { return }
    state.withLock { state in
      guard state.width > 0 else { return }
      channel.emit("\r" + String(repeating: " ", count: state.width) + "\r")
      state.width = 0
      state.drawn = nil
    }
  }

  /// Takes the line away for good: work that still winds down on other threads draws no more.
  public func end() {
    state.withLock { $0.isOver = true }
    clear()
  }

  /// `reading 1,200 of 5,000 files, 310 files/s, 12 s left`.
  static func text(_ step: Step, doneBefore: Int = 0, elapsed: Duration) -> String {
    var text = step.activity + " " + Wording.grouped(step.done)
    if let total = step.total { text += " of " + Wording.grouped(total) }
    text += " " + step.unit
    if let amount = step.amount { text += ", " + amount }
    let seconds = elapsed / .seconds(1)
    guard seconds > 0, step.done > doneBefore else { return text }
    let rate = Double(step.done - doneBefore) / seconds
    text += ", " + (rate < 10 ? String(format: "%.1f", rate) : Wording.grouped(Int(rate)))
    text += " " + step.unit + "/s"
    if let total = step.total, total > step.done {
      let left = Duration.seconds(Double(total - step.done) / rate)
      text += ", " + Wording.duration(left) + " left"
    }
    return text
  }
}
