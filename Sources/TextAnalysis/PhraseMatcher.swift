import SearchModel

public enum PhraseMatcher {
  /// The stored fields (name, directory, title, each keyword on its own) in which the phrase's
  /// words stand in a row, of those that the phrase asks for. Never `text`, which records that
  /// come back from an engine do not have: engines look at the positions of ``PhraseLeaf/textTerms``.
  public static func fields(of phrase: PhraseLeaf, in record: Record) -> FieldOccurrences { [] }
}
