import Foundation

/// How long certificates live, in seconds.
public enum CertificateLifetime {
  /// A node's certificate and the central server's: 24 hours from its issue.
  public static let peer: TimeInterval = 24 * 3600
  /// Validity begins so long before the issue, for clocks that are behind.
  public static let backdating: TimeInterval = 10 * 60
  /// From the first valid second to the last.
  public static let whole = peer + backdating
  /// When this part of its life is over a certificate should be renewed: early enough that seven hours
  /// are left for a central server that is down. Where in it is left to chance, so that nodes that
  /// joined together do not all ask together.
  public static let renewal = 0.6...0.7
  /// The part of a certificate's life after which the next is asked for.
  /// - Parameter spread: from 0 to 1, by chance.
  public static func shareAtRenewal(spread: Double) -> Double {
    renewal.lowerBound + (renewal.upperBound - renewal.lowerBound) * spread
  }
  /// The authority's own.
  public static let authority: TimeInterval = 20 * 365 * 24 * 3600
}
