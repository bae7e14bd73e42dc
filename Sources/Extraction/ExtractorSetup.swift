/// The extractors of a machine, put together: a user's plug-ins before the built-ins, the built-ins
/// before the plug-ins that are shipped.
public struct ExtractorSetup: Sendable {
  public let catalogue: ExtractorCatalogue
  /// One for each extractor and each refused plug-in, for `nearfind doctor`.
  public let diagnoses: [ExtractorDiagnosis]

  public static let builtIns: [any RecordExtractor] = [
    PlainTextExtractor(), MarkdownExtractor(), HTMLExtractor(),
  ]

  /// Reads the plug-ins. One that cannot work is left out, so that the next one that matches its
  /// files reads them, and its diagnosis says why.
  ///
  /// - Parameters:
  ///   - userFolder: the user's folder of plug-ins; nil or absent for none.
  ///   - shippedFolder: the folder of those that come along; nil for none.
  public init(
    userFolder: String?, shippedFolder: String? = PluginFolder.shipped, confinement: Confinement
  ) {
    let user =
      userFolder.map { PluginFolder.contents(of: $0, confinement: confinement) } ?? .init()
    let shipped =
      shippedFolder.map { PluginFolder.contents(of: $0, confinement: confinement) } ?? .init()
    let usable = { (extractor: ExternalExtractor) in
      ExtractorDiagnosis(extractor).problem == nil
    }
    catalogue = ExtractorCatalogue(
      user.extractors.filter(usable) + Self.builtIns + shipped.extractors.filter(usable))
    diagnoses =
      user.extractors.map(ExtractorDiagnosis.init)
      + user.refusals.map(ExtractorDiagnosis.init)
      + Self.builtIns.map(ExtractorDiagnosis.init(builtIn:))
      + shipped.extractors.map(ExtractorDiagnosis.init)
      + shipped.refusals.map(ExtractorDiagnosis.init)
  }
}
