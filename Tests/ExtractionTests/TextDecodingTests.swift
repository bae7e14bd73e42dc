import Foundation
import TestSupport
import Testing

@testable import Extraction

@Suite struct TextDecodingTests {
  @Test func validUTF8IsLeftAlone() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      // A sequence that is whole speaks for UTF-8, whatever the cut leaves.
      var text = "가"
      for _ in 0..<Int.random(in: 0...60, using: &generator) {
        let value = UInt32.random(in: 1...0x10FFFF, using: &generator)
        if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
      }
      #expect(TextDecoding.decoded(Array(text.utf8)) == text, "seed \(seed)")
      // Cut anywhere, it is the text without the cut character.
      let cut = Array(text.utf8.prefix(3 + text.utf8.count / 2))
      #expect(text.utf8.starts(with: TextDecoding.decoded(cut).utf8), "seed \(seed)")
    }
  }

  /// The census agrees with the standard library, whose repair shows every wrong byte.
  @Test func theCensusFindsWhatIsInvalid() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var generator = SeededGenerator(seed: seed)
    let bytes: [UInt8] = [
      0x41, 0x80, 0xBF, 0xC0, 0xC2, 0xE0, 0xA0, 0xED, 0xEA, 0xF0, 0x90, 0xF4, 0xFF,
    ]
    for _ in 0..<5000 {
      let sample = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
        bytes.randomElement(using: &generator) ?? 0
      }
      let census = UTF8Census(sample + [0x41])
      let isValid = String(validating: sample + [0x41], as: UTF8.self) != nil
      #expect((census.invalidCount == 0) == isValid, "seed \(seed): \(sample)")
    }
  }

  @Test func byteOrderMarksDecide() {
    #expect(TextDecoding.decoded([0xEF, 0xBB, 0xBF] + Array("가".utf8)) == "가")
    #expect(TextDecoding.decoded([0xFF, 0xFE, 0x00, 0xAC, 0x41, 0x00]) == "가A")
    #expect(TextDecoding.decoded([0xFE, 0xFF, 0xAC, 0x00, 0x00, 0x41]) == "가A")
    #expect(TextDecoding.decoded([0xFF, 0xFE, 0x00, 0xAC, 0x41]) == "가")
    #expect(TextDecoding.decoded([0xFF, 0xFE]) == "")
    // Half a pair.
    #expect(TextDecoding.decoded([0xFF, 0xFE, 0x00, 0xD8]) == "\u{FFFD}")
  }

  @Test func legacyTextIsRecognised() throws {
    // 안녕하세요 in EUC-KR.
    let korean: [UInt8] = [0xBE, 0xC8, 0xB3, 0xE7, 0xC7, 0xCF, 0xBC, 0xBC, 0xBF, 0xE4]
    #expect(TextDecoding.decoded(korean) == "안녕하세요")
    #expect(TextDecoding.decoded(Array(korean.dropLast())) == "안녕하세")
    #expect(TextDecoding.decoded(korean, declared: "EUC-KR") == "안녕하세요")
    // Accented letters in Windows-1252, and its quotation marks.
    #expect(TextDecoding.decoded([0x63, 0x61, 0x66, 0xE9]) == "café")
    #expect(TextDecoding.decoded([0x93, 0x61, 0x94]) == "“a”")
    #expect(TextDecoding.decoded([0x63, 0xE9], declared: "no such encoding") == "cé")
    #expect(TextDecoding.decoded([0xA4, 0xA2], declared: "euc-jp") == "あ")
  }

  @Test func damagedUTF8IsRepaired() {
    let damaged = Array("가나다라".utf8) + [0xFF] + Array("마바".utf8)
    #expect(TextDecoding.decoded(damaged) == "가나다라\u{FFFD}마바")
  }

  @Test func conversionTakesLabelsOnly() {
    #expect(CharacterSetConversion.converted([0xFF], from: "UTF-8//IGNORE") == nil)
    #expect(CharacterSetConversion.converted([0x41], from: "") == nil)
    #expect(CharacterSetConversion.converted([], from: "CP949") == "")
  }

  @Test func binaryIsToldFromText() {
    #expect(TextDecoding.looksBinary([0x41, 0x00, 0x42]))
    #expect(TextDecoding.looksBinary([UInt8](repeating: 1, count: 100)))
    #expect(!TextDecoding.looksBinary(Array("line\r\n\u{1B}[31mred\u{C}".utf8)))
    #expect(!TextDecoding.looksBinary([0xFF, 0xFE, 0x41, 0x00]))
    #expect(!TextDecoding.looksBinary([]))
  }
}
