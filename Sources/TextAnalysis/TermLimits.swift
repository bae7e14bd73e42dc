/// The bounds that keep one record, however hostile, from filling an index.
public enum TermLimits {
  /// The most UTF-8 bytes of a term; longer words are cut on a character's border, alike when
  /// indexing and when searching. No word of a natural language is longer, and a Hangul or Han
  /// term has at most eight. Engines allow more (Xapian 245), but a name's joined form is a term
  /// that hardly another record has, and 64 bytes of it tell names apart.
  public static let maximumByteCount = 64

  /// The most words of a file name, a folder, a title or a keyword that are indexed, and the most
  /// keywords. The longest file name of any file system has 255 bytes.
  public static let maximumShortFieldRunCount = 512

  /// The most tokens of a text that are indexed: about 200 pages.
  public static let maximumTextTokenCount = 65_535

  /// The most bytes of a word that are looked at: folding can make three bytes of one but never
  /// less than a third.
  static let maximumUnfoldedByteCount = 4 * maximumByteCount
}
