import Logging

/// Hands log lines to the daemon, which has the log.
struct EventLogHandler: LogHandler {
  let output: EventOutput
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.info

  init(output: EventOutput) {
    self.output = output
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { _, new in new }
    let facts = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    output.send(.log("\(event.level): \(event.message)\(facts)"))
  }
}
