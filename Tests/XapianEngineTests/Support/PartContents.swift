internal import CXapian
import SearchModel

@testable import XapianEngine

/// Everything that can be read of a part, through every way of reading it.
struct PartContents: Equatable {
  struct Document: Equatable {
    var data: [UInt8]
    var key: [UInt8]
    var hash: [UInt8]
    var size: Int64
    var modified: Int64
    var length: UInt32
    var terms: [Term]
  }

  struct Term: Equatable {
    var text: [UInt8]
    var occurrences: UInt8
  }

  struct PostingList: Equatable {
    var documentFrequency: UInt32
    var documents: [UInt32]
    /// One for each number of occurrences, see ``ShimPart/matches(of:)``.
    var weights: [Double]
  }

  var documentCount: UInt32
  var totalLength: UInt64
  var documents: [UInt32: Document] = [:]
  var postings: [[UInt8]: PostingList] = [:]

  init(path: String) throws {
    let shim = try ShimPart(path)
    let part = shim.handle
    let totals = cxapian_part_totals(part)
    documentCount = totals.document_count
    totalLength = totals.total_length
    let everything: [UInt8] = [1]
    for number in try shim.matches(of: everything).documents {
      documents[number] = try Self.document(number, in: part)
    }
    // An empty namespace is all without one.
    let namespaces: [[UInt8]] = [[]] + (UInt8(ascii: "A")...UInt8(ascii: "Z")).map { [$0] }
    for namespace in namespaces {
      for (text, frequency) in try Self.terms(startingWith: namespace, in: part) {
        let (documents, weights) = try shim.matches(of: Self.plan(forTerm: text))
        postings[text] = PostingList(
          documentFrequency: frequency, documents: documents, weights: weights)
      }
    }
    withExtendedLifetime(shim) {}
  }

  private static func document(_ number: UInt32, in part: OpaquePointer) throws -> Document {
    var terms: [Term] = []
    try withUnsafeMutablePointer(to: &terms) { list in
      try calling(about: "part") { error in
        cxapian_part_document_terms(
          part, number, list,
          { context, text, occurrences in
            context!.assumingMemoryBound(to: [Term].self).pointee
              .append(Term(text: Array(text.buffer), occurrences: occurrences))
          }, error)
      }
    }
    var document = cxapian_document()
    try calling(about: "part") { cxapian_part_document(part, number, &document, $0) }
    return Document(
      data: Array(document.data.buffer), key: Array(document.key.buffer),
      hash: Array(document.hash.buffer), size: document.size, modified: document.modified,
      length: document.length, terms: terms)
  }

  private static func terms(
    startingWith start: [UInt8], in part: OpaquePointer
  ) throws -> [([UInt8], UInt32)] {
    var terms: [([UInt8], UInt32)] = []
    try withUnsafeMutablePointer(to: &terms) { list in
      try calling(about: "part") { error in
        start.withCXapianBytes { start in
          cxapian_part_terms(
            part, .prefix, start, list,
            { context, text, frequency in
              context!.assumingMemoryBound(to: [([UInt8], UInt32)].self).pointee
                .append((Array(text.buffer), frequency))
            }, error)
        }
      }
    }
    return terms
  }

  /// Any record with the term, with a weight where it occurs: boolean terms occur 0 times.
  private static func plan(forTerm text: [UInt8]) -> [UInt8] {
    var plan: [UInt8] = [6]
    plan.append(number: UInt32(2))
    for node in [9, 2] as [UInt8] {
      plan.append(node)
      if node == 9 {
        plan.append(number: UInt32(1))
      } else {
        plan.append(127)
        plan.append(number: 1.0)
      }
      plan.append(number: UInt32(text.count))
      plan += text
    }
    return plan
  }

  /// Where two parts differ, in a few words.
  func difference(from other: PartContents) -> String? {
    if documentCount != other.documentCount || totalLength != other.totalLength {
      return "totals \(documentCount) \(totalLength), \(other.documentCount) \(other.totalLength)"
    }
    if Set(documents.keys) != Set(other.documents.keys) { return "numbers of documents" }
    for (number, document) in documents where document != other.documents[number] {
      return "document \(number)"
    }
    if Set(postings.keys) != Set(other.postings.keys) { return "terms" }
    for (term, list) in postings where list != other.postings[term] {
      return "postings of \(String(decoding: term, as: UTF8.self).debugDescription)"
    }
    return nil
  }
}
