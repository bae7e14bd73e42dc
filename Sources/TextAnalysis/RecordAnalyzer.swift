import SearchModel

/// Turns records into the terms that an index holds. One analyzer is used for many records, one
/// after the other, and reuses its scratch space.
///
/// The packed form, which engines hand on without looking at each term, is for each distinct term,
/// in the order of first occurrence:
///
///     u8   number of bytes of the term, 1 to ``TermLimits/maximumByteCount``
///     …    the term's UTF-8 bytes
///     u8   the raw value of its ``FieldOccurrences``, 1 to 127
///     u16  number of positions, little-endian
///     u32  each position, little-endian, ascending, from 0
///
/// Only terms that occur in the text have positions; positions count the text's tokens.
///
/// Terms are words in NFC without case. Words of titles, keywords and text are stemmed; words of
/// names and folders are not, but split (`ProjectPlan` is `project`, `plan` and `projectplan`), and
/// a name of several words has their joined form too. Runs of Hangul, Han and Kana become
/// overlapping pairs of characters. Hangul words of names also become `H` and their initials.
public struct RecordAnalyzer {
  private var table = TermTable()
  /// For each token of the text, in order, the index of its term.
  private var textTokens: [Int32] = []
  private var partEnds: [Int] = []

  public init() {}

  /// Appends the packed terms of a record.
  ///
  /// - Returns: what was appended; nothing, for a record without a single letter or digit.
  public mutating func append(_ record: Record, to buffer: inout [UInt8]) -> AnalyzedSize {
    collect(record)
    return PackedTerms.append(table, textTokens: textTokens, to: &buffer)
  }

  /// The same terms as values.
  public func analyze(_ record: Record) -> AnalyzedRecord {
    var analyzer = self
    var buffer: [UInt8] = []
    let size = analyzer.append(record, to: &buffer)
    var analyzed = AnalyzedRecord(terms: [:], textPositions: [:], length: size.length)
    for term in PackedTerms(buffer) {
      analyzed.terms[term.text] = term.occurrences
      if !term.positions.isEmpty { analyzed.textPositions[term.text] = term.positions }
    }
    return analyzed
  }

  // MARK: The fields

  private mutating func collect(_ record: Record) {
    table.removeAll()
    textTokens.removeAll(keepingCapacity: true)
    TextNormalization.withComposedUTF8(record.filename) { addName($0) }
    TextNormalization.withComposedUTF8(record.directory) { addDirectory($0) }
    TextNormalization.withComposedUTF8(record.title) { addWords($0, field: .title) }
    for keyword in record.keywords.prefix(TermLimits.maximumShortFieldRunCount) {
      TextNormalization.withComposedUTF8(keyword) { addWords($0, field: .keyword) }
    }
    TextNormalization.withComposedUTF8(record.text) { addText($0) }
  }

  private mutating func addName(_ bytes: UnsafeBufferPointer<UInt8>) {
    let name = FileNameParts(bytes)
    var scanner = RunScanner(bytes)
    var remaining = TermLimits.maximumShortFieldRunCount
    var stemRunCount = 0
    var isJoinable = true
    while remaining > 0, let run = scanner.next() {
      remaining -= 1
      if run.start < name.stemEnd {
        stemRunCount += 1
        if run.kind == .eastAsian { isJoinable = false }
      }
      addNameRun(run, of: bytes, field: .name, splits: !name.isShortExtension(run))
      if run.kind == .eastAsian { addInitials(run, of: bytes) }
    }
    if isJoinable, stemRunCount > 1 { addJoinedStem(bytes, end: name.stemEnd) }
  }

  private mutating func addDirectory(_ bytes: UnsafeBufferPointer<UInt8>) {
    var scanner = RunScanner(bytes)
    var remaining = TermLimits.maximumShortFieldRunCount
    while remaining > 0, let run = scanner.next() {
      remaining -= 1
      addNameRun(run, of: bytes, field: .directory, splits: true)
    }
  }

  private mutating func addWords(_ bytes: UnsafeBufferPointer<UInt8>, field: Field) {
    var scanner = RunScanner(bytes)
    var remaining = TermLimits.maximumShortFieldRunCount
    while remaining > 0, let run = scanner.next() {
      remaining -= 1
      switch run.kind {
      case .word:
        write(run.start, run.end, isASCII: run.isASCII, of: bytes)
        table.stem()
        table.close(field)
      case .eastAsian:
        forEachPair(of: run, in: bytes) { table, start, end in
          table.append(bytes[start..<end])
          table.close(field)
        }
      }
    }
  }

  private mutating func addText(_ bytes: UnsafeBufferPointer<UInt8>) {
    var scanner = RunScanner(bytes)
    while textTokens.count < TermLimits.maximumTextTokenCount, let run = scanner.next() {
      switch run.kind {
      case .word:
        write(run.start, run.end, isASCII: run.isASCII, of: bytes)
        table.stem()
        closeTextToken()
      case .eastAsian:
        addTextPairs(of: run, in: bytes)
      }
    }
  }

  private mutating func addTextPairs(of run: Run, in bytes: UnsafeBufferPointer<UInt8>) {
    var pairs = CharacterPairs(run, of: bytes)
    while textTokens.count < TermLimits.maximumTextTokenCount, let pair = pairs.next() {
      table.append(bytes[pair])
      closeTextToken()
    }
  }

  private mutating func closeTextToken() {
    guard let index = table.close(.text) else { return }
    table.addPosition(to: index)
    textTokens.append(Int32(index))
  }

  // MARK: The pieces of a name

  private mutating func addNameRun(
    _ run: Run, of bytes: UnsafeBufferPointer<UInt8>, field: Field, splits: Bool
  ) {
    guard run.kind == .word else {
      forEachPair(of: run, in: bytes) { table, start, end in
        table.append(bytes[start..<end])
        table.close(field)
      }
      return
    }
    if splits {
      NameSplitter.split(run, of: bytes, into: &partEnds)
      if partEnds.count > 1 {
        var start = run.start
        for end in partEnds {
          write(start, end, isASCII: run.isASCII, of: bytes)
          table.close(field)
          start = end
        }
      }
    }
    write(run.start, run.end, isASCII: run.isASCII, of: bytes)
    table.close(field)
  }

  private mutating func addJoinedStem(_ bytes: UnsafeBufferPointer<UInt8>, end: Int) {
    var scanner = RunScanner(bytes)
    var length = 0
    while length <= TermLimits.maximumByteCount, let run = scanner.next(), run.start < end {
      write(run.start, run.end, isASCII: run.isASCII, of: bytes)
      length += run.end - run.start
    }
    table.close(.name)
  }

  private mutating func addInitials(_ run: Run, of bytes: UnsafeBufferPointer<UInt8>) {
    let scalars = String(decoding: bytes[run.start..<run.end], as: UTF8.self).unicodeScalars
    guard let initials = HangulInitials.initials(of: scalars) else { return }
    table.append(CollectionOfOne(HangulInitials.termPrefix))
    table.append(initials.utf8)
    table.close(.name)
  }

  private mutating func write(
    _ start: Int, _ end: Int, isASCII: Bool, of bytes: UnsafeBufferPointer<UInt8>
  ) {
    if isASCII {
      table.appendFoldedASCII(bytes[start..<end])
    } else {
      let limit = min(end, start + TermLimits.maximumUnfoldedByteCount)
      table.appendFolded(UnsafeBufferPointer(rebasing: bytes[start..<limit]))
    }
  }

  private mutating func forEachPair(
    of run: Run, in bytes: UnsafeBufferPointer<UInt8>,
    _ body: (inout TermTable, Int, Int) -> Void
  ) {
    var pairs = CharacterPairs(run, of: bytes)
    var remaining = TermLimits.maximumShortFieldRunCount
    while remaining > 0, let pair = pairs.next() {
      remaining -= 1
      body(&table, pair.lowerBound, pair.upperBound)
    }
  }
}
