import SearchModel

/// Counts records by what they have in common: the one definition of the facets, for every engine.
public struct FacetCounting: Sendable {
  private let facets: Set<Facet>
  /// By the bytes of the value: what merely looks alike is counted apart, in every engine.
  private var counts: [Facet: [[UInt8]: Int]] = [:]

  public init(_ facets: Set<Facet>) {
    self.facets = facets
  }

  /// Counts one matching record.
  public mutating func add(_ record: Record) {
    for facet in facets {
      guard let value = Self.value(of: record, for: facet) else { continue }
      counts[facet, default: [:]][Array(value.utf8), default: 0] += 1
    }
  }

  /// Adds what was counted over other records.
  public mutating func add(_ other: FacetCounting) {
    for (facet, values) in other.counts {
      counts[facet, default: [:]].merge(values) { $0 + $1 }
    }
  }

  /// For each facet the values that occur; by count, then value. Empty lists for facets of which no
  /// record has a value.
  public var result: [Facet: [FacetCount]] {
    var result: [Facet: [FacetCount]] = [:]
    for facet in facets {
      result[facet] = (counts[facet] ?? [:])
        .map { FacetCount(value: String(decoding: $0.key, as: UTF8.self), count: $0.value) }
        .sorted {
          $0.count != $1.count
            ? $0.count > $1.count : $0.value.utf8.lexicographicallyPrecedes($1.value.utf8)
        }
    }
    return result
  }

  /// - Returns: nil for a record that is not counted: without a known type, an extension, an
  ///   owner's name or a folder.
  private static func value(of record: Record, for facet: Facet) -> String? {
    let fileExtension = FilterValues.fileExtension(ofName: record.filename)
    let value =
      switch facet {
      case .type: FileType(fileExtension: fileExtension)?.rawValue ?? ""
      case .fileExtension: fileExtension
      case .owner: record.owner.userID
      case .folder: record.directory
      case .year: String(year(of: record.modified))
      }
    return value.isEmpty ? nil : value
  }

  /// The year in UTC, of the Gregorian calendar carried on in both directions.
  ///
  /// It counts 400-year cycles, which all have 146,097 days, and then year by year.
  static func year(of seconds: Int64) -> Int {
    let days = Int(seconds >= 0 ? seconds / 86_400 : (seconds + 1) / 86_400 - 1)
    let fromCycleStart = days - 10_957  // Days since 2000-01-01, where a cycle starts.
    let cycles =
      fromCycleStart >= 0 ? fromCycleStart / 146_097 : (fromCycleStart + 1) / 146_097 - 1
    var rest = fromCycleStart - cycles * 146_097
    var year = 2_000 + cycles * 400
    while true {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      let length = isLeap ? 366 : 365
      if rest < length { return year }
      rest -= length
      year += 1
    }
  }
}
