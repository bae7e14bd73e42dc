internal import CXapian
import SearchModel

/// Calls a function of the shim and turns what it reports into an ``EngineError`` about `path`.
func calling(
  about path: String, _ body: (UnsafeMutablePointer<cxapian_error>) -> cxapian_status
) throws(EngineError) {
  var error = cxapian_error()
  let status = body(&error)
  if status == .ok { return }
  let reason = error.text
  switch status {
  case .ok: return
  case .missing: throw .missing(path: path)
  case .corrupt: throw .corrupted(path: path, reason: reason)
  case .incompatible:
    throw .incompatible(path: path, found: reason, supported: "Xapian glass")
  case .disk_full: throw .diskFull(path: path)
  case .input_output: throw .inputOutput(path: path, reason: reason)
  case .invalid: throw .invalidRequest(reason)
  case .stopped: throw .cancelled
  }
}

extension cxapian_error {
  var text: String {
    withUnsafeBytes(of: message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}

extension Array where Element == UInt8 {
  /// The bytes for the duration of a call.
  func withCXapianBytes<Result, Failure: Error>(
    _ body: (cxapian_bytes) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withUnsafeBufferPointer { (buffer) throws(Failure) -> Result in
      try body(cxapian_bytes(data: buffer.baseAddress, count: buffer.count))
    }
  }
}

extension cxapian_bytes {
  /// What the shim lent, as a buffer that is valid as long as the loan.
  var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: data, count: count) }

  var text: String { String(decoding: buffer, as: UTF8.self) }
}
