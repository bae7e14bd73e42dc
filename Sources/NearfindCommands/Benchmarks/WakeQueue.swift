/// Who is to be woken when, the earliest first; of those at one time the lowest number.
struct WakeQueue {
  private typealias Entry = (time: Int64, number: Int)

  /// A binary heap.
  private var entries: [Entry] = []

  mutating func insert(_ number: Int, at time: Int64) {
    entries.append((time, number))
    var place = entries.count - 1
    while place > 0, entries[place] < entries[(place - 1) / 2] {
      entries.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func popFirst() -> (time: Int64, number: Int)? {
    guard let first = entries.first else { return nil }
    let last = entries.removeLast()
    guard !entries.isEmpty else { return first }
    entries[0] = last
    var place = 0
    while true {
      var least = place
      for child in [2 * place + 1, 2 * place + 2] where child < entries.count {
        if entries[child] < entries[least] { least = child }
      }
      guard least != place else { return first }
      entries.swapAt(place, least)
      place = least
    }
  }
}
