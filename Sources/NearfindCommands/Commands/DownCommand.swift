import ArgumentParser
import Foundation
import Node

/// `nearfind down`.
struct DownCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "down",
    abstract: "End what nearfind up started.",
    discussion: """
      Says goodbye to the network, finishes what runs, and returns when it has ended.

      EXAMPLES:
        nearfind down
      """
  )

  /// Longer than the daemon gives itself.
  private static let patience: Duration = .seconds(60)

  @OptionGroup var common: CommonOptions

  func run() async throws {
    let console = Console.standard
    let directory = try common.dataDirectory(console)
    guard let daemon = await LocalClient.connect(dataDirectory: directory.path) else {
      console.complain("Nothing is running for \(directory.path).")
      return
    }
    let process = try await daemon.status().processID
    try await daemon.stop()
    let deadline = ContinuousClock.now + Self.patience
    while kill(process, 0) == 0 {
      guard ContinuousClock.now < deadline else {
        throw CommandFailure.failed("Process \(process) has not ended yet. Look into its log.")
      }
      // No child of ours: nothing but a look tells that it has ended.
      try await Task.sleep(for: .milliseconds(50))
    }
  }
}
