/// A binary heap that finds its elements again: least first, insertion, change and removal in
/// O(log n), the least in O(1).
struct IndexedHeap<Element: Hashable, Priority: Comparable> {
  private var entries: [(element: Element, priority: Priority)] = []
  private var places: [Element: Int] = [:]

  /// How many entries were moved or compared so far: what tests hold efficiency against.
  private(set) var stepCount = 0

  var count: Int { entries.count }
  var isEmpty: Bool { entries.isEmpty }
  var first: Element? { entries.first?.element }
  var firstPriority: Priority? { entries.first?.priority }

  /// The least element but one.
  var second: Element? {
    switch entries.count {
    case ...1: nil
    case 2: entries[1].element
    default: (entries[1].priority < entries[2].priority ? entries[1] : entries[2]).element
    }
  }

  func contains(_ element: Element) -> Bool { places[element] != nil }

  func priority(of element: Element) -> Priority? { places[element].map { entries[$0].priority } }

  /// Every element, in no order.
  var elements: some Collection<Element> { places.keys }

  /// Every element, the least first.
  var sorted: [Element] { entries.sorted { $0.priority < $1.priority }.map(\.element) }

  /// Inserts the element or gives it another priority; nil removes it.
  mutating func set(_ element: Element, to priority: Priority?) {
    guard let priority else { return remove(element) }
    if let place = places[element] {
      entries[place].priority = priority
      settle(place)
    } else {
      entries.append((element, priority))
      places[element] = entries.count - 1
      siftUp(entries.count - 1)
    }
  }

  mutating func remove(_ element: Element) {
    guard let place = places.removeValue(forKey: element) else { return }
    let last = entries.removeLast()
    guard place < entries.count else { return }
    put(last, at: place)
    settle(place)
  }

  private mutating func settle(_ place: Int) {
    siftUp(place)
    siftDown(place)
  }

  private mutating func siftUp(_ start: Int) {
    var place = start
    let entry = entries[place]
    while place > 0, entry.priority < entries[(place - 1) / 2].priority {
      put(entries[(place - 1) / 2], at: place)
      place = (place - 1) / 2
    }
    if place != start { put(entry, at: place) }
    stepCount += 1
  }

  private mutating func siftDown(_ start: Int) {
    var place = start
    let entry = entries[place]
    while true {
      var child = 2 * place + 1
      guard child < entries.count else { break }
      if child + 1 < entries.count, entries[child + 1].priority < entries[child].priority {
        child += 1
      }
      guard entries[child].priority < entry.priority else { break }
      put(entries[child], at: place)
      place = child
    }
    if place != start { put(entry, at: place) }
    stepCount += 1
  }

  private mutating func put(_ entry: (element: Element, priority: Priority), at place: Int) {
    entries[place] = entry
    places[entry.element] = place
    stepCount += 1
  }
}

extension IndexedHeap: Sendable where Element: Sendable, Priority: Sendable {}
