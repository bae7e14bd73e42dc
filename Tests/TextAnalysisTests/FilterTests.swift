import Foundation
import SearchModel
import Testing

@testable import TextAnalysis

@Suite struct FilterTests {
  private let photo = Record(
    key: RecordKey("k")!, filename: "Été.사진.JPG", directory: "Home/Photos/2024/여름", size: 1000,
    modified: -5, contentHash: ContentHash(bytes: Array(repeating: 7, count: 32)),
    owner: Owner(userSerialID: 3, userID: "Jeon"))

  @Test func extensionsAndTypes() {
    #expect(Filter.fileExtension("jpg").matches(photo))
    #expect(Filter.fileExtension(".JPG").matches(photo))
    #expect(!Filter.fileExtension("jp").matches(photo))
    #expect(Filter.type(.image).matches(photo))
    #expect(!Filter.type(.audio).matches(photo))
    #expect(FilterValues.fileExtension(ofName: ".bashrc").isEmpty)
    #expect(FilterValues.fileExtension(ofName: "a.").isEmpty)
    #expect(FilterValues.fileExtension(ofName: "a.tar.GZ") == "gz")
  }

  @Test(arguments: [
    ("photos", true), ("photos/2024", true), ("/Photos/2024/", true), ("2024/여름", true),
    ("home/2024", false), ("hoto", false), ("2024/여름/x", false), ("", true),
    ("여름".decomposedStringWithCanonicalMapping, true),
  ])
  func folders(_ typed: String, _ expected: Bool) {
    #expect(Filter.folder(typed).matches(photo) == expected)
  }

  @Test func boundsAreInclusive() {
    #expect(Filter.size(minimum: 1000, maximum: 1000).matches(photo))
    #expect(!Filter.size(minimum: 1001, maximum: nil).matches(photo))
    #expect(Filter.modified(earliest: -5, latest: nil).matches(photo))
    #expect(!Filter.modified(earliest: nil, latest: -6).matches(photo))
  }

  @Test func ownersAndHashes() throws {
    #expect(Filter.owner("JEON").matches(photo))
    #expect(!Filter.owner("jeo").matches(photo))
    #expect(Filter.contentHash(try #require(photo.contentHash)).matches(photo))
    #expect(
      !Filter.contentHash(ContentHash(bytes: Array(repeating: 8, count: 32))!).matches(photo))
  }
}
