/// How much a virtual server takes with one ``PublicationRequest``. A client that has more, or whose
/// request is refused as ``ProblemCode/tooLarge``, sends its changes in several requests.
public enum PublicationLimits {
  /// Changes of one request.
  public static let changeCount = 10_000

  /// Of the request's text. A record's text alone can be a string of several hundred kilobytes.
  public static let json = JSONLimits(
    byteCount: 8 << 20, depth: 16, valueCount: 1_000_000, stringByteCount: 2 << 20)
}
