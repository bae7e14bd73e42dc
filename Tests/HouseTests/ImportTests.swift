import Foundation
import Testing

/// The import directions of the design's section 4.
@Suite struct ImportTests {
  @Test func everyFolderOfSourcesIsAModuleOfTheHouse() throws {
    let folder = House.root.appending(path: "Sources")
    let found = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: [.isDirectoryKey])
    for entry in found where try entry.resourceValues(forKeys: [.isDirectoryKey]).isDirectory! {
      #expect(House.allowedImports[entry.lastPathComponent] != nil, "\(entry.lastPathComponent)")
    }
  }

  @Test func theTableHasNoCircles() {
    var settled: Set<String> = []
    var waiting = House.allowedImports
    while let next = waiting.first(where: { $0.value.isSubset(of: settled) }) {
      settled.insert(next.key)
      waiting[next.key] = nil
    }
    #expect(waiting.isEmpty, "import each other in a circle: \(waiting.keys.sorted())")
  }

  @Test func modulesImportOnlyWhatTheyMay() throws {
    let sources = try House.sources(in: "Sources")
    #expect(sources.count > 20)
    for source in sources {
      let allowed = try #require(House.allowedImports[source.module], "\(source.path)")
      for (module, _) in source.imports where House.allowedImports[module] != nil {
        #expect(allowed.contains(module), "\(source.path) imports \(module)")
      }
    }
  }

  @Test func onlyTheXapianEngineImportsTheShim() throws {
    for source in try House.sources(in: "Sources") + House.sources(in: "Tests") {
      for (module, line) in source.imports where module == "CXapian" {
        let isEngine = source.path.hasPrefix("Sources/XapianEngine/")
        let isItsTest = source.path.hasPrefix("Tests/XapianEngineTests/")
        #expect(isEngine || isItsTest, "\(source.path) imports CXapian")
        #expect(line.hasPrefix("internal import "), "\(source.path): \(line)")
      }
    }
  }

  @Test func onlyOneFolderImportsTheClientOfPostgreSQL() throws {
    for source in try House.sources(in: "Sources") + House.sources(in: "Tests") {
      for (module, line) in source.imports where module == "CPostgreSQL" {
        #expect(
          source.path.hasPrefix("Sources/CentralServer/PostgreSQL/"),
          "\(source.path) imports CPostgreSQL")
        #expect(line.hasPrefix("internal import "), "\(source.path): \(line)")
      }
    }
  }

  @Test func thePackageDeclaresTheSameDirections() throws {
    let declared = try PackageManifest.dependencies()
    #expect(declared.count >= 8)
    for (target, dependencies) in declared {
      guard let allowed = House.allowedImports[target] else {
        #expect(
          target.hasSuffix("Tests") || House.testSupport.contains(target),
          "\(target) is no module of the house")
        continue
      }
      let ours = dependencies.filter { House.allowedImports[$0] != nil }
      #expect(
        Set(ours).isSubset(of: allowed),
        "Package.swift lets \(target) import \(Set(ours).subtracting(allowed).sorted())")
    }
  }

  @Test func readingImportsFindsEveryForm() throws {
    let source = House.Source(
      path: "Sources/Example/File.swift",
      lines: [
        "import SearchModel", "internal import CXapian", "@testable import Node",
        "import struct Foundation.Date", "// import MemoryEngine", "let text = \"import Cascade\"",
        "\"\"\"", "import Placement", "\"\"\"", "  import Protocol  // why",
      ])
    #expect(
      source.imports.map(\.module) == ["SearchModel", "CXapian", "Node", "Foundation", "Protocol"])
  }
}

/// What Package.swift declares, read as text: a test must not start a second SwiftPM.
enum PackageManifest {
  /// By target, the names of its dependencies inside the package and the products outside.
  static func dependencies() throws -> [String: [String]] {
    let text = try String(contentsOf: House.root.appending(path: "Package.swift"), encoding: .utf8)
    var result: [String: [String]] = [:]
    let starts = [".target(", ".executableTarget(", ".testTarget("]
    var rest = text[...]
    while let start = starts.compactMap({ rest.range(of: $0) }).min(by: {
      $0.lowerBound < $1.lowerBound
    }) {
      let body = balanced(rest[start.upperBound...])
      rest = rest[body.endIndex...]
      guard let name = strings(in: body.prefix { $0 != "," && $0 != ")" }).first else { continue }
      var dependencies: [String] = []
      if let list = body.range(of: "dependencies: [") {
        dependencies = strings(in: balanced(body[list.upperBound...]))
      }
      result[name] = dependencies
    }
    return result
  }

  /// Up to the bracket that closes what was open before `text`.
  private static func balanced(_ text: Substring) -> Substring {
    var depth = 1
    return text.prefix { character in
      if "([".contains(character) { depth += 1 }
      if ")]".contains(character) { depth -= 1 }
      return depth > 0
    }
  }

  private static func strings(in text: Substring) -> [String] {
    text.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
      .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
  }
}
