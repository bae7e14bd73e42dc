import ArgumentParser
import Cascade

/// `--scope`: the design's words.
typealias ScopeArgument = SearchScope

extension SearchScope: ExpressibleByArgument {}
