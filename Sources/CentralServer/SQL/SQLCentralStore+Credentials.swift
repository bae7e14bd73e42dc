import Placement

extension SQLCentralStore {
  public func addNode(
    _ node: NodeID, of user: UserSerial, limit: Int, at time: Moment
  ) async throws(CentralStoreError) -> NodeAddition {
    try await database.transaction(.writing) { session in
      // The user's row is held until the end, so that two additions never count the same nodes.
      let isEnabled = try session.first(
        "SELECT disabled FROM users WHERE user_serial_id = ?" + session.dialect.lockingRead,
        [.integer(user.number)]
      ) { try $0.optionalInteger(0) == nil }
      guard isEnabled == true else { return .userUnusable }
      let holder = try session.first(
        "SELECT user_serial_id, revoked FROM node_credentials WHERE node = ?", [.key(node.name)]
      ) { (UserSerial(try $0.integer(0)), isRevoked: try $0.optionalInteger(1) != nil) }
      if let holder { return holder.0 == user && !holder.isRevoked ? .known : .taken }
      let count = try session.first(
        "SELECT count(*) FROM node_credentials WHERE user_serial_id = ? AND revoked IS NULL",
        [.integer(user.number)]
      ) { Int(try $0.integer(0)) }
      guard let count, count < limit else { return .tooMany }
      // Somebody else may have added the same node since it was looked for.
      let added = try session.execute(
        """
        INSERT INTO node_credentials (node, user_serial_id, created) VALUES (?, ?, ?)
        ON CONFLICT (node) DO NOTHING
        """, [.key(node.name), .integer(user.number), .integer(time.milliseconds)])
      return added == 1 ? .added : .taken
    }
  }

  public func note(
    _ certificate: IssuedCertificate
  ) async throws(CentralStoreError) -> CertificateNoting {
    try await database.transaction(.writing) { session in
      // Both rows are held until the end: a revocation comes before this certificate or after.
      let isRevoked = try session.first(
        """
        SELECT n.revoked, u.disabled FROM node_credentials n
        JOIN users u ON u.user_serial_id = n.user_serial_id WHERE n.node = ?
        """ + session.dialect.lockingRead, [.key(certificate.node.name)]
      ) { try $0.optionalInteger(0) != nil || $0.optionalInteger(1) != nil }
      guard let isRevoked else { return .unknownNode }
      guard !isRevoked else { return .revoked }
      try session.execute(
        """
        INSERT INTO certificates (serial, node, issued, expires) VALUES (?, ?, ?, ?)
        ON CONFLICT (serial) DO NOTHING
        """,
        [
          .key(certificate.serial), .key(certificate.node.name),
          .integer(certificate.issued.milliseconds), .integer(certificate.expires.milliseconds),
        ])
      return .noted
    }
  }

  public func nodeCredentials(
    of user: UserSerial?
  ) async throws(CentralStoreError) -> [NodeCredential] {
    let condition = user == nil ? "" : "WHERE n.user_serial_id = ?"
    let arguments = user.map { [SQLValue.integer($0.number)] } ?? []
    return try await database.transaction(.reading) { session in
      var certificates: [NodeID: [IssuedCertificate]] = [:]
      try session.query(
        """
        SELECT c.serial, c.node, c.issued, c.expires FROM certificates c
        JOIN node_credentials n ON n.node = c.node \(condition) ORDER BY c.expires, c.serial
        """, arguments
      ) { row in
        let certificate = IssuedCertificate(
          serial: try row.text(0), node: NodeID(try row.text(1)),
          issued: Moment(milliseconds: try row.integer(2)),
          expires: Moment(milliseconds: try row.integer(3)))
        certificates[certificate.node, default: []].append(certificate)
      }
      return try session.all(
        """
        SELECT n.node, n.user_serial_id, n.created, n.revoked FROM node_credentials n
        \(condition) ORDER BY n.node
        """, arguments
      ) { row in
        let node = NodeID(try row.text(0))
        return NodeCredential(
          node: node, user: UserSerial(try row.integer(1)),
          created: Moment(milliseconds: try row.integer(2)),
          revoked: try row.optionalInteger(3).map(Moment.init(milliseconds:)),
          certificates: certificates[node] ?? [])
      }
    }
  }

  public func forgetCertificates(
    expiredBefore time: Moment
  ) async throws(CentralStoreError) -> Int {
    try await database.transaction(.writing) { session in
      try session.execute(
        "DELETE FROM certificates WHERE expires < ?", [.integer(time.milliseconds)])
    }
  }
}
