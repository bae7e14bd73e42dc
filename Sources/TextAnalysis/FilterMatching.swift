import SearchModel

extension Filter {
    /// Whether the record meets the condition.
    public func matches(_ record: Record) -> Bool { false }
}

/// The values by which filters compare.
public enum FilterValues {
    /// The extension of a file name, folded, without its dot; empty where there is none.
    public static func fileExtension(ofName filename: String) -> String { "" }
    /// Folds an extension as typed (a leading dot is allowed) or an owner's name.
    public static func folded(_ text: String) -> String { text }
}
