import Cascade
import Testing

@Suite struct SearchScopeTests {
  /// They are typed on the command line and sent between machines.
  @Test func namesAreTheDesignsWords() {
    #expect(SearchScope.allCases.map(\.rawValue) == ["group", "band", "nearest", "everywhere"])
  }
}
