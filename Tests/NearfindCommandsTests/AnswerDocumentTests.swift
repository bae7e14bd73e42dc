import Foundation
import SearchModel
import Testing

@testable import NearfindCommands

/// The document of `search --json` as README describes it. Programs of other people read it: a
/// change here is a change for them.
@Suite struct AnswerDocumentTests {
  @Test func theDocument() throws {
    #expect(try JSONDocument.text(of: AnswerDocument(Examples.report)) == Self.golden)
  }

  @Test func anEmptyAnswerHasAllItsMembers() throws {
    let report = Examples.answer(unmatched: ["q"], spellings: ["q": ["qq"]])
    let document = try JSONReading.object(JSONDocument.text(of: AnswerDocument(report)))
    #expect(
      Set(document.keys) == [
        "version", "query", "matches", "hits", "corrections", "unmatchedWords", "revision",
      ])
    #expect((document["hits"] as? [Any])?.isEmpty == true)
  }

  @Test func ranksGoOnOverPages() {
    let hit = Hit(record: Examples.record("k", "a.txt"), weight: 1)
    let document = AnswerDocument(Examples.answer([hit], count: .between(20, 40), offset: 10))
    #expect(document.hits.map(\.rank) == [11])
    #expect(document.matches == .init(atLeast: 20, atMost: 40))
  }

  static let golden = """
    {
      "corrections" : [
        {
          "spelling" : "report",
          "word" : "reprot"
        }
      ],
      "facets" : {
        "fileExtension" : [
          {
            "count" : 1,
            "value" : "hwp"
          },
          {
            "count" : 1,
            "value" : "pdf"
          }
        ],
        "type" : [
          {
            "count" : 2,
            "value" : "document"
          }
        ]
      },
      "hits" : [
        {
          "duplicates" : [
            {
              "contentHash" : "abababababababababababababababababababababababababababababababab",
              "directory" : "backup",
              "filename" : "plan copy.pdf",
              "key" : "k2",
              "keywords" : [

              ],
              "modified" : "2024-05-01T12:30:00Z",
              "owner" : {
                "userID" : "local",
                "userSerialID" : 0
              },
              "size" : 2400000,
              "title" : ""
            }
          ],
          "explanation" : [
            {
              "documentFrequency" : 12,
              "fields" : [
                "name",
                "title"
              ],
              "leaf" : "plan",
              "weight" : 7.25
            }
          ],
          "file" : {
            "contentHash" : "abababababababababababababababababababababababababababababababab",
            "directory" : "work/2024",
            "filename" : "ProjectPlan_v2.pdf",
            "key" : "k1",
            "keywords" : [
              "plan",
              "budget"
            ],
            "modified" : "2024-05-01T12:30:00Z",
            "owner" : {
              "userID" : "local",
              "userSerialID" : 0
            },
            "size" : 2400000,
            "title" : "The Plan"
          },
          "partial" : false,
          "rank" : 1,
          "weight" : 7.25
        },
        {
          "duplicates" : [

          ],
          "file" : {
            "directory" : "문서",
            "filename" : "회의록 plan.hwp",
            "key" : "k3",
            "keywords" : [

            ],
            "modified" : "2024-05-01T12:30:00Z",
            "owner" : {
              "userID" : "local",
              "userSerialID" : 0
            },
            "size" : 1200,
            "title" : ""
          },
          "partial" : false,
          "rank" : 2,
          "weight" : 3.5
        },
        {
          "duplicates" : [

          ],
          "file" : {
            "directory" : "",
            "filename" : "other.txt",
            "key" : "k4",
            "keywords" : [

            ],
            "modified" : "2024-05-01T12:30:00Z",
            "owner" : {
              "userID" : "local",
              "userSerialID" : 0
            },
            "size" : 12,
            "title" : ""
          },
          "partial" : true,
          "rank" : 3,
          "weight" : 1
        }
      ],
      "matches" : {
        "atLeast" : 2,
        "atMost" : 2
      },
      "query" : "plan reprot",
      "revision" : 7,
      "unmatchedWords" : [
        {
          "spellings" : [
            "report",
            "reports"
          ],
          "word" : "reprot"
        }
      ],
      "version" : 1
    }

    """
}
