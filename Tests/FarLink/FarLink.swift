import Foundation
import TestSupport

/// A cable between two devices that is long and loses things: stands in a network of the tests where
/// `tc netem` would, which many kernels lack.
///
///     FarLink DEVICE DEVICE DELAY-MS LOSS SEED
///
/// Every frame arrives after the delay, in order; a part of them (0.05 for 5 %) does not arrive.
/// It runs until it is ended.
@main
enum FarLink {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.count == 5, let delay = Int(arguments[3]), let loss = Double(arguments[4]),
      let seed = UInt64(arguments[5])
    else { throw Failure("usage: FarLink DEVICE DEVICE DELAY-MS LOSS SEED") }
    let ends = try arguments.prefix(2).map { try PacketSocket(device: $0) }
    var cable = Cable(
      delay: .milliseconds(delay), loss: loss, chance: SeededGenerator(seed: seed))
    var buffer = [UInt8](repeating: 0, count: PacketSocket.longest)
    while true {
      for crossing in cable.arrivals(at: .now) { ends[crossing.end].send(crossing.frame) }
      try PacketSocket.wait(for: ends, until: cable.nextArrival)
      for (number, end) in ends.enumerated() {
        while let frame = end.received(into: &buffer) {
          cable.send(frame, toEnd: 1 - number, at: .now)
        }
      }
    }
  }

  struct Failure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }

    init(call: String) { description = "\(call): \(String(cString: strerror(errno)))" }
  }
}
