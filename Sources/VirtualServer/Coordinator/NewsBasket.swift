import Cascade
import Protocol
import SearchModel

/// Gathers what is new into one message that is not too large. What does not fit counts as missing:
/// the asker has the rest then and asks again, and so comes to all of it.
struct NewsBasket {
  /// Of the records of one answer, as they are written. A message may have four times as much.
  static let byteCount = 4 << 20

  private let byteLimit: Int
  private var gathered: NewsAnswer
  private var filledByteCount = 0

  /// Whether something did not fit, so that there is no use in asking for more.
  private(set) var isFull = false

  init(watchedCount: Int, byteLimit: Int = Self.byteCount) {
    self.byteLimit = byteLimit
    gathered = NewsAnswer(changed: [], watchedCount: watchedCount, missingCount: 0)
  }

  /// What has come so far, by group.
  var answer: NewsAnswer {
    var answer = gathered
    answer.changed.sort { $0.group < $1.group }
    return answer
  }

  mutating func miss(_ count: Int) {
    gathered.missingCount += count
  }

  /// - Parameter changes: nil for a server that did not answer.
  mutating func take(_ changes: ChangesAnswer?, of server: ServerIdentifier) {
    guard let changes else { return miss(1) }
    guard let records = changes.records else { return }
    var byteCount = 0
    var fitting: [Record] = []
    for record in records {
      byteCount += Self.byteCount(of: record)
      guard filledByteCount + byteCount <= byteLimit else { break }
      fitting.append(record)
    }
    let fits = fitting.count == records.count
    // One that does not fit alone never would: its last changed records are watched.
    guard fits || gathered.changed.isEmpty else {
      isFull = true
      return miss(1)
    }
    filledByteCount += byteCount
    gathered.changed.append(
      NewsAnswer.Group(
        group: server.number, revision: changes.revision, records: fitting,
        isCut: changes.isCut || !fits))
  }

  /// As it is written, and more where it has many values, of which a message may not have too many
  /// either; far too much for a record that cannot be written.
  private static func byteCount(of record: Record) -> Int {
    let written = (try? BoundedJSON.encode(record).count) ?? PublicationLimits.json.byteCount
    return written + 16 * record.keywords.count
  }
}
