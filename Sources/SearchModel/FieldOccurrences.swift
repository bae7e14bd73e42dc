/// Where in a record a term occurs, in seven bits: one bit for each short field and a saturating
/// count for the text.
///
/// An engine stores the raw value as the term's within-document frequency, one byte in a posting.
/// So a term is indexed once, whatever fields it stands in; a search in one field looks at the bit;
/// and field weights are applied when searching and can change without indexing again. A record's
/// length is the sum of the raw values over its terms. That is BM25F's weighted length with the
/// bits as field weights, which is why the bits stand in this order: a word of a name weighs as
/// much as eight words of text, so that names count beside a text without hiding its length, and
/// titles, keywords and folders, which are short everywhere, hardly matter. A text's length counts
/// sub-linearly. Of the seven orders of the bits that were tried over four collections this one
/// ranked best overall.
public struct FieldOccurrences: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue & 127
  }

  public static let directory = FieldOccurrences(rawValue: 1)
  public static let keyword = FieldOccurrences(rawValue: 2)
  public static let title = FieldOccurrences(rawValue: 4)
  public static let name = FieldOccurrences(rawValue: 64)

  /// The largest count of text occurrences that is told apart.
  public static let maximumTextCount = 7

  /// As a set of fields to search in: any occurrence in text.
  public static let text = FieldOccurrences(rawValue: 7 << 3)

  public static let everywhere: FieldOccurrences = [.directory, .keyword, .title, .name, .text]

  /// The value of the largest raw value, plus one: the size of a table over all values.
  public static let valueCount = 128

  /// How often the term occurs in the text, at most ``maximumTextCount``.
  public var textCount: Int { Int((rawValue >> 3) & 7) }

  /// Adds one occurrence in a field; the text count saturates.
  public mutating func add(_ field: Field) {
    switch field {
    case .name: insert(.name)
    case .title: insert(.title)
    case .keyword: insert(.keyword)
    case .directory: insert(.directory)
    case .text:
      if textCount < Self.maximumTextCount {
        self = FieldOccurrences(rawValue: rawValue + (1 << 3))
      }
    }
  }

  /// Whether the term occurs in any of `fields`.
  public func touches(_ fields: FieldOccurrences) -> Bool { rawValue & fields.rawValue != 0 }

  /// The occurrences in `fields` alone.
  public func restricted(to fields: FieldOccurrences) -> FieldOccurrences {
    FieldOccurrences(rawValue: rawValue & fields.rawValue)
  }

  /// The fields that are set, in the order of ``Field/allCases``.
  public var fields: [Field] { Field.allCases.filter { touches(FieldOccurrences($0)) } }

  /// The set that holds one field.
  public init(_ field: Field) {
    self =
      switch field {
      case .name: .name
      case .directory: .directory
      case .title: .title
      case .keyword: .keyword
      case .text: .text
      }
  }
}
