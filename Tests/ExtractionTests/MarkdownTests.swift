import Testing

@testable import Extraction

@Suite struct MarkdownTests {
  @Test(arguments: [
    ("# Title\ntext", "Title"),
    ("text\n\n## A *small* [link](http://x/(y)) `code` ##\n", "A small link) code"),
    ("Title\n=====\ntext", "Title"),
    ("```\n# no title\n```\n# Title", "Title"),
    ("~~~\n# no\n```\n~~~\n# Title", "Title"),
    ("#hashtag\ntext", ""),
    ("####### seven", ""),
    ("#\n# Title", "Title"),
    ("====\ntext", ""),
    ("# 제목\r\n본문", "제목"),
    ("", ""),
  ])
  func theTitleIsTheFirstHeading(_ markdown: String, _ title: String) {
    #expect(MarkdownExtractor.content(of: markdown).title == title)
  }

  @Test(arguments: [
    "---\ntitle: A: b\ntags: [one, \"two\"]\n---\n# Other\n",
    "---\ntitle: 'A: b'\ntags:\n  - one\n  - two\nother: x\n---\n# Other\n",
    "---\nTitle: \"A: b\"\nkeywords: one, two\n---\n# Other\n",
    "+++\ntitle = \"A: b\"\ntags = [\"one\", \"two\"]\n+++\n# Other\n",
    "---\r\ntitle: A: b\r\nmenu:\r\n  title: inner\r\ntags: [one, two]\r\n---\r\n# Other\r\n",
  ])
  func frontMatterGoesFirst(_ markdown: String) {
    let content = MarkdownExtractor.content(of: markdown)
    #expect(content.title == "A: b")
    #expect(content.keywords == ["one", "two"])
    #expect(content.text == "# Other")
  }

  @Test func aRuleIsNoFrontMatter() {
    let content = MarkdownExtractor.content(of: "---\n\n# Title\nno end")
    #expect(content.title == "Title")
    #expect(content.text == "---\n\n# Title\nno end")
  }
}
