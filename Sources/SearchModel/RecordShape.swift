/// What an index of somebody else may say of files. The bounds are far above what the owner's machine
/// makes of any file, so that only who misleads meets them.
extension Record {
  /// The longest name in bytes: 255 as a file system has it, each perhaps replaced by three.
  public static let longestFilename = 1_024
  /// The longest directory in bytes: a path of 4,096, likewise.
  public static let longestDirectory = 16 * 1_024
  /// The longest title in bytes.
  public static let longestTitle = 4 * 1_024
  public static let mostKeywords = 1_024
  /// The longest keyword in bytes.
  public static let longestKeyword = 1_024
  /// The longest name of an owner in bytes.
  public static let longestUserID = 1_024

  /// What keeps the record from being one of a shared file; nil for one that may be.
  public var problemOfShape: String? {
    // Who asks for the file later must not be led elsewhere by its name.
    let isName =
      !filename.isEmpty && !filename.utf8.contains(UInt8(ascii: "/")) && filename != "."
      && filename != ".."
    guard isName else { return "A record's filename is not the name of a file." }
    guard filename.utf8.count <= Self.longestFilename else {
      return "A record's filename is too long."
    }
    guard directory.utf8.count <= Self.longestDirectory else {
      return "A record's directory is too long."
    }
    guard !directory.split(separator: "/").contains("..") else {
      return "A record's directory leads out of its folder."
    }
    guard size >= 0 else { return "A record has a negative size." }
    guard title.utf8.count <= Self.longestTitle else { return "A record's title is too long." }
    guard keywords.count <= Self.mostKeywords,
      keywords.allSatisfy({ $0.utf8.count <= Self.longestKeyword })
    else { return "A record has more or longer keywords than a file has." }
    guard owner.userID.utf8.count <= Self.longestUserID else {
      return "The name of a record's owner is too long."
    }
    return nil
  }

  /// What keeps the record from being one that an index answers with; nil for one that may be.
  public var problemAsAnswer: String? {
    problemOfShape ?? (text.isEmpty ? nil : "A record comes with its text, which nobody asked for.")
  }
}

extension Hit {
  /// Weights are sums of multiples of 2^-36 that are exact only below this.
  public static let highestWeight = 0x1p16

  /// Bytes of what a hit is ordered by. Folding makes a name longer, by eleven times at most.
  public static let longestSortText = 16 * 1_024

  /// What keeps the hit from being one of an index, whatever the request; nil for one that may be.
  public var problemOfShape: String? {
    guard weight.isFinite, (0...Self.highestWeight).contains(weight) else {
      return "It sends a weight of \(weight)."
    }
    guard (sortText?.utf8.count ?? 0) <= Self.longestSortText else {
      return "It sends a name to sort by that is too long."
    }
    if let problem = explanation?.problemOfShape { return problem }
    for record in [record] + duplicates {
      if let problem = record.problemAsAnswer { return problem }
    }
    return nil
  }
}

extension Explanation {
  /// More leaves than any query has that a virtual server takes.
  public static let mostContributions = 50_000
  /// The longest leaf in bytes: as long as a text of a query may be, and its field.
  public static let longestLeaf = 65 * 1_024

  /// What keeps this from explaining a hit; nil for what may.
  public var problemOfShape: String? {
    guard contributions.count <= Self.mostContributions else {
      return "It explains a hit by \(contributions.count) terms."
    }
    for part in contributions {
      guard part.weight.isFinite, (0...Hit.highestWeight).contains(part.weight) else {
        return "It explains a hit by a weight of \(part.weight)."
      }
      guard part.documentFrequency >= 0, part.leaf.utf8.count <= Self.longestLeaf,
        part.fields.count <= Field.allCases.count
      else { return "It explains a hit by a term that cannot be." }
    }
    return nil
  }
}
