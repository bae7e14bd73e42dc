import ArgumentParser
import Protocol

/// `--deadline`: `500ms`, `2s`, or seconds without a unit.
struct DeadlineArgument: Hashable, Sendable, ExpressibleByArgument {
  let milliseconds: Int64

  static let standard = DeadlineArgument(milliseconds: GroupSearchRequest.standardDeadline)

  /// No virtual server searches longer.
  static let longest: Int64 = 10_000

  private init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  init?(argument: String) {
    var number = Substring(argument)
    var factor = 1_000.0
    if number.hasSuffix("ms") {
      factor = 1
      number = number.dropLast(2)
    } else if number.hasSuffix("s") {
      number = number.dropLast()
    }
    guard let value = Double(number), value.isFinite, value > 0,
      value * factor <= Double(Self.longest), value * factor >= 1
    else { return nil }
    milliseconds = Int64(value * factor)
  }

  var defaultValueDescription: String {
    milliseconds.isMultiple(of: 1_000) ? "\(milliseconds / 1_000)s" : "\(milliseconds)ms"
  }
}
