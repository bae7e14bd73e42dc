import Foundation
import TestSupport
import Testing

@testable import Node

@Suite struct SafeFileNameTests {
  @Test(arguments: [
    ("plan.pdf", "plan.pdf"), ("회의록 2024.hwp", "회의록 2024.hwp"), ("", "_"), (".", "_"),
    ("..", "_."), ("../../etc/passwd", "_._.._etc_passwd"), ("/etc/passwd", "_etc_passwd"),
    (".bashrc", "_bashrc"), ("a\u{0}b", "a_b"), ("a\nb\u{1B}[2J", "a_b_[2J"),
    ("gpj.\u{202E}exe", "gpj._exe"), ("  ", "_"), ("👩‍👩‍👧.png", "👩‍👩‍👧.png"),
  ])
  func namesDoNoHarm(given: String, safe: String) {
    #expect(SafeFileName.make(of: given) == safe)
  }

  @Test func longNamesKeepTheirExtension() {
    let name = SafeFileName.make(of: String(repeating: "보", count: 200) + ".pdf")
    #expect(name.hasSuffix("보.pdf") && name.utf8.count <= 255 && name.utf8.count > 250)
    let cluster = "e" + String(repeating: "\u{301}", count: 300)
    #expect(SafeFileName.make(of: cluster).utf8.count <= 255)
  }

  @Test func anyNameIsOneComponent() {
    for seed: UInt64 in 0..<500 {
      var generator = SeededGenerator(seed: seed)
      var scalars = String.UnicodeScalarView()
      for _ in 0..<generator.number(0...300) {
        let value = UInt32(generator.number(0...(generator.happens(0.5) ? 0x2FF : 0x1_FFFF)))
        if let scalar = Unicode.Scalar(value) { scalars.append(scalar) }
      }
      let name = SafeFileName.make(of: String(scalars))
      let isSafe =
        !name.isEmpty && name.utf8.count <= 255 && !name.hasPrefix(".") && !name.contains("/")
        && !name.utf8.contains { $0 < 0x20 || $0 == 0x7F }
      #expect(isSafe, "seed \(seed): \(name.debugDescription)")
    }
  }

  @Test func aWishIsAFolderOrAFile() throws {
    let folder = try TemporaryFolder()
    try folder.write("x", to: "file")
    #expect(FetchTarget(nil, filename: "a").path == "a")
    #expect(FetchTarget(folder.path, filename: "../a").path == folder.path + "/_._a")
    #expect(FetchTarget(folder.path("b"), filename: "a").path == folder.path("b"))
    #expect(FetchTarget(folder.path("file"), filename: "a").path == folder.path("file"))
    #expect(FetchTarget(folder.path("no/"), filename: "a").folder.text == folder.path("no/"))
    #expect(FetchTarget("b", filename: "a").path == "b")
    #expect(FetchTarget("/b", filename: "a").folder.text == "/")
  }
}
