import SearchModel

extension TermQuery {
  /// What an index must hold so that the query can match a record of it.
  ///
  /// Weights and fields count for nothing here, and what is excluded may be there or not.
  public var requirement: TermRequirement {
    switch self {
    case .nothing: .nothing
    case .everything: .anything
    case .leaf(let leaf): leaf.terms.requirement
    case .phrase(let phrase): .simplifiedAll(phrase.leaves.map(\.requirement))
    case .all(let parts): .simplifiedAll(parts.map(\.requirement))
    case .any(let parts), .best(let parts): .simplifiedAny(parts.map(\.requirement))
    case .excluding(let wanted, _): wanted.requirement
    case .filter(let filter): filter.requirement
    }
  }
}

extension TermLeaf.Terms {
  /// A term that a leaf stands for holds all trigrams of the leaf's text.
  fileprivate var requirement: TermRequirement {
    switch self {
    case .exactly(let term):
      IndexVocabulary.holds(namespaceOf: term)
        ? .term(IndexVocabulary.fingerprint(of: term))
        : .anything
    case .startingWith(let start):
      IndexVocabulary.hasTrigrams(namespaceOf: start) ? Self.trigrams(of: start) : .anything
    case .containing(let part):
      // With a namespace, the rest of the text is looked for in the rest of the term.
      IndexVocabulary.isNamespaced(part) ? .anything : Self.trigrams(of: part)
    }
  }

  private static func trigrams(of text: String) -> TermRequirement {
    var fingerprints: [TermRequirement] = []
    var text = text
    text.withUTF8 { bytes in
      IndexVocabulary.forEachTrigram(of: bytes) {
        fingerprints.append(.term(TermFingerprint(trigram: $0)))
      }
    }
    return .simplifiedAll(fingerprints)
  }
}

extension Filter {
  /// Conditions that are no terms can be met anywhere.
  fileprivate var requirement: TermRequirement {
    switch self {
    case .fileExtension(let typed):
      Self.requirement(FilterValues.foldedExtension(typed), FilterTerms.fileExtension)
    case .type(let type):
      .simplifiedAny(
        type.fileExtensions.map { Self.requirement($0, FilterTerms.fileExtension) })
    case .owner(let name): Self.requirement(FilterValues.folded(name), FilterTerms.owner)
    case .contentHash(let hash):
      .term(IndexVocabulary.fingerprint(of: FilterTerms.contentHash(hash)))
    case .folder, .size, .modified: .anything
    }
  }

  /// A value that has no term, because it is empty or too long, can be anywhere.
  private static func requirement(
    _ value: String, _ term: (String) -> String
  ) -> TermRequirement {
    FilterTerms.fits(value) ? .term(IndexVocabulary.fingerprint(of: term(value))) : .anything
  }
}
