import Testing

@Suite("PostgreSQL itself") struct PostgreSQLPresenceTests {
  /// Skipped, with all that is tried on PostgreSQL, only where nobody asked for it.
  @Test(
    .enabled(
      if: PostgreSQLInstallation.isPresent || PostgreSQLInstallation.isRequired,
      "Debian's package postgresql is not installed: nothing is tried on PostgreSQL"))
  func isThereToBeTriedOn() {
    #expect(PostgreSQLInstallation.isPresent, "install Debian's package postgresql")
  }
}
