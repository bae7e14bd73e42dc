import TestSupport

extension SeededGenerator {
  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

  mutating func number(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  /// - Parameter elements: not empty.
  mutating func one<Element>(of elements: [Element]) -> Element {
    elements[Int.random(in: 0..<elements.count, using: &self)]
  }

  /// Small ranks far more often than large ones, about as words do in language.
  mutating func zipfian<Element>(_ elements: [Element]) -> Element {
    let share = Double.random(in: 0..<1, using: &self)
    var rank = 1.0
    for _ in 0..<Int(share * 8) { rank *= 2 }
    return elements[min(elements.count - 1, Int(rank) - 1 + number(in: 0...Int(rank)))]
  }
}
