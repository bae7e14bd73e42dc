import Foundation
import RouteTracing
import RouterBands

/// A node's part: traces towards the central server, connects, claims, and stays until it is done.
struct NodePart {
  let name: String
  let central: IPAddress
  let port: UInt16

  func run() async throws {
    let route = try await RouteTracer().trace(central, rounds: 3)
    try Report.print(ForwardTrace(name: name, route: route))
    let descriptor = try await connection()
    let claim = Claim(
      name: name, local: try TCPSocket.localAddress(of: descriptor), path: route.path)
    var line = try JSONEncoder().encode(claim)
    line.append(UInt8(ascii: "\n"))
    try FileHandle(fileDescriptor: descriptor).write(contentsOf: line)
    // Ends when the central server closes the connection.
    var byte: UInt8 = 0
    _ = read(descriptor, &byte, 1)
  }

  private func connection() async throws -> CInt {
    while true {
      if let descriptor = try TCPSocket.connected(to: central, port: port) { return descriptor }
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
