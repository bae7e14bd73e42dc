/// What can go wrong in an evaluation, told apart by what the caller can do about it.
public enum EvaluationError: Error, Hashable, Sendable {
  /// The file or folder is not there. `expected` says what should be.
  case missing(path: String, expected: String)

  /// A folder holds both `corpus.jsonl` and `corpus.jsonl.gz`. Remove one.
  case ambiguousCorpus(folder: String)

  /// The operating system refused to read or write the file; the text says why.
  case inputOutput(path: String, reason: String)

  /// A compressed file is cut off or damaged. What was read before this error came from a file
  /// that cannot be trusted: discard it.
  case damagedArchive(path: String, reason: String)

  /// The program that decompresses could not be run. Install it, or decompress the file.
  case missingProgram(name: String, path: String)

  /// A line, counted from 1, is not what the file's form asks for.
  case malformedLine(path: String, line: Int, problem: String, expected: String)

  /// Two lines of one file claim the same identifier, and only one can be meant.
  case duplicateIdentifier(path: String, line: Int, identifier: String)

  /// The judgments hold no query at all, so there is nothing to average over.
  case nothingJudged(path: String)

  /// The search under test returned the same record twice for one query. Repair the search.
  case repeatedResult(query: String, record: String)

  /// The search under test gave a weight that is no finite number. Repair the search.
  case invalidWeight(query: String, record: String)

  /// A run file separates its columns by white space, and this identifier holds some. Rename it
  /// in the collection, or go without a run file.
  case unwritableIdentifier(String)
}

extension EvaluationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let path, let expected):
      "\(path) is missing: expected \(expected)."
    case .ambiguousCorpus(let folder):
      "\(folder) holds both corpus.jsonl and corpus.jsonl.gz. Remove the one that is not meant."
    case .inputOutput(let path, let reason):
      "\(path): \(reason)"
    case .damagedArchive(let path, let reason):
      "\(path) is damaged or cut off (\(reason)). Fetch or compress it again."
    case .missingProgram(let name, let path):
      "\(path) cannot be read without the program \(name). Install it, or decompress the file."
    case .malformedLine(let path, let line, let problem, let expected):
      "\(path):\(line): \(problem). Expected \(expected)."
    case .duplicateIdentifier(let path, let line, let identifier):
      "\(path):\(line): the id \(identifier.debugDescription) was used before. Each may occur once."
    case .nothingJudged(let path):
      "\(path) judges no query. Give it lines of the form: query 0 record grade"
    case .repeatedResult(let query, let record):
      "The search returned the record \(record) twice for query \(query)."
    case .invalidWeight(let query, let record):
      "The search gave the record \(record) a weight that is not finite for query \(query)."
    case .unwritableIdentifier(let identifier):
      "The id \(identifier.debugDescription) holds white space, which a run file cannot carry. Rename it, or leave the run file out."
    }
  }
}
