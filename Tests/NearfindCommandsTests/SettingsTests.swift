import SearchModel
import Testing

@testable import NearfindCommands

@Suite struct SettingsTests {
  @Test(
    arguments: [
      (nil, ["HOME": "/home/a"], "/home/a/.local/share/nearfind"),
      (nil, ["HOME": "/home/a", "XDG_DATA_HOME": "/data"], "/data/nearfind"),
      (nil, ["HOME": "/home/a", "XDG_DATA_HOME": "relative"], "/home/a/.local/share/nearfind"),
      (nil, ["HOME": "/home/a", "NEARFIND_DATA": "/mine"], "/mine"),
      (nil, ["HOME": "/home/a", "NEARFIND_DATA": ""], "/home/a/.local/share/nearfind"),
      ("/option", ["HOME": "/home/a", "NEARFIND_DATA": "/mine"], "/option"),
      ("/option/./x/../y", [:], "/option/y"),
    ] as [(String?, [String: String], String)])
  func theDataDirectory(_ option: String?, _ environment: [String: String], _ expected: String)
    throws
  {
    #expect(try DataDirectory(option: option, environment: environment).path == expected)
  }

  @Test func nowhereToKeepDataIsSaid() {
    #expect(throws: CommandFailure.self) { try DataDirectory(option: nil, environment: [:]) }
    #expect(throws: CommandFailure.self) { try DataDirectory(option: "", environment: [:]) }
  }

  @Test func plugIns() {
    #expect(DataDirectory.plugIns(environment: ["HOME": "/h"]) == "/h/.config/nearfind/plugins")
    #expect(DataDirectory.plugIns(environment: ["NEARFIND_PLUGINS": "/p"]) == "/p")
    #expect(DataDirectory.plugIns(environment: [:]) == nil)
  }

  @Test(
    arguments: [
      ("relevance", .relevance), ("name", .name(ascending: true)),
      ("name:desc", .name(ascending: false)), ("size", .size(ascending: false)),
      ("size:asc", .size(ascending: true)), ("date", .modified(ascending: false)),
      ("date:asc", .modified(ascending: true)),
    ] as [(String, SortOrder)])
  func sortOrders(_ text: String, _ expected: SortOrder) {
    #expect(SortArgument(argument: text)?.order == expected)
  }

  @Test(arguments: ["", "nam", "name:", "name:up", "relevance:asc", "name:asc:asc"])
  func sortOrdersThatDoNotExist(_ text: String) {
    #expect(SortArgument(argument: text) == nil)
  }
}
