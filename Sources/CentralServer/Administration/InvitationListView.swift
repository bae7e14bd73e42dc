import Placement

/// `nearfind admin invite list`: the invitations, without the tokens, which nobody knows.
public struct InvitationListView: AdministrationView {
  public struct Invitation: Codable, Hashable, Sendable {
    public var tokenHash: String
    public var usesLeft: Int
    /// Milliseconds since 1970.
    public var created: Int64
    public var expires: Int64

    enum CodingKeys: String, CodingKey {
      case created, expires
      case tokenHash = "token_hash"
      case usesLeft = "uses_left"
    }
  }

  /// The next to expire first.
  public var invitations: [Invitation]

  public init(_ invitations: [CentralServer.Invitation]) {
    self.invitations = invitations.map { invitation in
      Invitation(
        tokenHash: invitation.hash.text, usesLeft: invitation.usesLeft,
        created: invitation.created.milliseconds, expires: invitation.expires.milliseconds)
    }
  }

  public var table: AdministrationTable {
    AdministrationTable(
      headings: ["hash of the token", "uses left", "expires"],
      rows: invitations.map { invitation in
        [
          invitation.tokenHash, "\(invitation.usesLeft)",
          AdministrationTime.text(invitation.expires),
        ]
      })
  }
}
