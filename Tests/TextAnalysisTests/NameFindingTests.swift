import SearchModel
import TestSupport
import Testing

@testable import TextAnalysis

@Suite struct NameFindingTests {
  @Test(arguments: [
    "project plan", "projectplan", "v2", "pdf", "project-plan", "ProjectPlan_v2.final.pdf",
    "ProjectPlan", "PROJECT PLAN", "projectplanv2final", "final plan", "plan v2",
    "Project.Plan",
    "projectplan.v2",
  ])
  func findsTheExampleOfTheDesign(_ typed: String) {
    #expect(finds(typed, record("ProjectPlan_v2.final.pdf")))
  }

  @Test(arguments: [
    ("2024report.txt", "2024 report"), ("2024report.txt", "2024report"),
    ("IMG_1234.JPG", "img 1234"),
    ("IMG_1234.JPG", "img1234"), ("PDFFile.doc", "pdf file"), ("s01e02.mkv", "s01e02"),
    ("s01e02.mkv", "e02"), ("song.mp3", "mp3"), ("project_plan.txt", "projectplan"),
    ("projectplan.txt", "project-plan"), (".bashrc", "bashrc"), ("a.tar.gz", "tar gz"),
    ("Straße.txt", "STRASSE"), ("ÉtéÀParis.txt", "été paris"), ("x86_64.iso", "x86"),
    ("video1080p.mp4", "1080p"), ("Отчёт2024.doc", "отчёт"),
  ])
  func findsNames(_ name: String, _ typed: String) {
    #expect(finds(typed, record(name)))
  }

  @Test(arguments: ["v3", "plans", "rojectplan", "2", "project report"])
  func doesNotFindWhatIsNotThere(_ typed: String) {
    #expect(!finds(typed, record("ProjectPlan_v2.final.pdf")))
  }

  /// Builds names of known words and checks every way of typing them.
  @Test(arguments: UInt64(1)...40)
  func everyWayOfTypingANameFindsIt(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let vocabulary = [
      "report", "plan", "budget", "photo", "été", "x", "meeting", "2024", "v2", "보고서",
    ]
    for _ in 0..<15 {
      let words = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
        vocabulary.randomElement(using: &generator)!
      }
      let separator = ["_", "-", " ", ".", ""].randomElement(using: &generator)!
      let isCamel = separator.isEmpty || Bool.random(using: &generator)
      let name =
        words.map { isCamel ? $0.prefix(1).uppercased() + $0.dropFirst() : $0 }
        .joined(separator: separator) + [".pdf", ".mp3", ""].randomElement(
          using: &generator)!
      let entry = record(name)
      let comment = Comment("seed \(seed), name \(name)")
      for typed in [name, name.uppercased(), name.lowercased()] {
        // A name without separators shows its borders only by case.
        if separator.isEmpty, typed != name { continue }
        #expect(finds(typed, entry), comment)
      }
      if !separator.isEmpty {
        for word in words { #expect(finds(word, entry), comment) }
        #expect(finds(words.joined(separator: " "), entry), comment)
        #expect(finds(words.joined(separator: "-"), entry), comment)
        // After a dot stands an extension, which the joined form leaves out.
        if separator != ".", !words.contains("보고서") {
          #expect(finds(words.joined(), entry), comment)
        }
      }
    }
  }

  @Test(arguments: [
    ("ProjectPlan", ["Project", "Plan"]), ("PDFFile", ["PDF", "File"]), ("v2", ["v2"]),
    ("s01e02", ["s01", "e02"]), ("report2024", ["report", "2024"]), ("1080p", ["1080p"]),
    ("HTML5Guide", ["HTML", "5", "Guide"]), ("lower", ["lower"]), ("UPPER", ["UPPER"]),
    ("aB", ["a", "B"]),
    ("d41d8cd98f00b204e9800998ecf8427e", ["d41d8cd98f00b204e9800998ecf8427e"]),
  ])
  func splits(_ word: String, _ parts: [String]) {
    let bytes = Array(word.utf8)
    bytes.withUnsafeBufferPointer { bytes in
      var ends: [Int] = []
      NameSplitter.split(
        Run(kind: .word, start: 0, end: bytes.count, isASCII: true), of: bytes, into: &ends)
      let starts = [0] + ends.dropLast()
      let found = zip(starts, ends).map { String(decoding: bytes[$0..<$1], as: UTF8.self) }
      #expect(found == parts)
    }
  }
}
