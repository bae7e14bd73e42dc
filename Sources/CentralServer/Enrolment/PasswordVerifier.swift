import Foundation

/// What a derivation of scrypt costs. Memory is `128 * blockSize * 2^costExponent` bytes.
public struct ScryptParameters: Hashable, Sendable {
  /// N as a power of two.
  public var costExponent: Int
  /// r.
  public var blockSize: Int
  /// p.
  public var parallelism: Int

  public init(costExponent: Int, blockSize: Int, parallelism: Int) {
    self.costExponent = costExponent
    self.blockSize = blockSize
    self.parallelism = parallelism
  }

  /// 32 MiB and about a tenth of a second.
  public static let standard = ScryptParameters(costExponent: 15, blockSize: 8, parallelism: 1)

  /// The most that a stored verifier may ask for: 256 MiB.
  static let mostMemory = 256 << 20

  var memory: Int { 128 * blockSize << costExponent }

  var isBearable: Bool {
    (1...20).contains(costExponent) && (1...32).contains(blockSize)
      && (1...16).contains(parallelism) && memory <= Self.mostMemory
  }
}

/// What is stored of a password: enough to check one, not to know it. Each has its own salt and
/// says what it cost, so that the cost can grow with the machines.
public struct PasswordVerifier: Hashable, Sendable, CustomStringConvertible {
  public let parameters: ScryptParameters
  let salt: [UInt8]
  let key: [UInt8]

  init(parameters: ScryptParameters, salt: [UInt8], key: [UInt8]) {
    self.parameters = parameters
    self.salt = salt
    self.key = key
  }

  /// Reads what ``description`` wrote.
  ///
  /// - Returns: nil for anything else, and for a cost that no honest verifier has.
  public init?(_ text: String) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
      let salt = Data(base64Encoded: String(parts[3])),
      let key = Data(base64Encoded: String(parts[4])), salt.count >= 16, key.count == 32
    else { return nil }
    var numbers: [Substring: Int] = [:]
    for part in parts[2].split(separator: ",") {
      let pair = part.split(separator: "=")
      guard pair.count == 2, let number = Int(pair[1]) else { return nil }
      numbers[pair[0]] = number
    }
    guard let exponent = numbers["ln"], let blockSize = numbers["r"], let lanes = numbers["p"],
      (1...20).contains(exponent), (1...32).contains(blockSize)
    else { return nil }
    parameters = ScryptParameters(
      costExponent: exponent, blockSize: blockSize, parallelism: lanes)
    guard parameters.isBearable else { return nil }
    self.salt = Array(salt)
    self.key = Array(key)
  }

  /// `$scrypt$ln=15,r=8,p=1$salt$key`, the last two in base64.
  public var description: String {
    "$scrypt$ln=\(parameters.costExponent),r=\(parameters.blockSize),p=\(parameters.parallelism)"
      + "$\(Data(salt).base64EncodedString())$\(Data(key).base64EncodedString())"
  }
}
