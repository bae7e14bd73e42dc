import Crypto
import Foundation

/// Hexadecimal digits.
func sha256(_ text: String) -> String {
  SHA256.hash(data: Data(text.utf8)).map { String(format: "%02x", $0) }.joined()
}
