import Testing

/// Everything that starts processes: one test at a time, so that the counts of processes and
/// descriptors are the test's own.
@Suite(.serialized) struct ExternalTests {}
