import ArgumentParser
import Protocol

/// `ADDRESS:PORT`, where port 0 stands for the last one or any.
struct FileListenAddress: ExpressibleByArgument, Hashable, Sendable {
  var host: String
  var port: UInt16

  init?(argument: String) {
    guard let endpoint = NetworkEndpoint(argument) else { return nil }
    host = endpoint.address
    port = endpoint.port
  }
}

/// `500k`, `5M`, `1.5G` or a number: bytes a second, in decimal units.
struct ByteRate: ExpressibleByArgument, Hashable, Sendable {
  var bytesPerSecond: Double

  init?(argument: String) {
    let units: [Character: Double] = ["k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9]
    let unit = argument.last.flatMap { units[$0] }
    let digits = unit == nil ? argument[...] : argument.dropLast()
    guard let number = Double(digits), number.isFinite else { return nil }
    let rate = number * (unit ?? 1)
    // Less would let a single piece take hours.
    guard (1_000...1e12).contains(rate) else { return nil }
    bytesPerSecond = rate
  }
}
