/// What Linux's files about the machine say. Every function takes a file's text as it is and
/// returns nil for what it does not say; none trusts a number to make sense.
enum MachineReadings {
  /// The second number of `/proc/loadavg`: the load over five minutes.
  static func load5(loadAverages text: String) -> Double? {
    let words = text.split(whereSeparator: \.isWhitespace)
    let averages = words.prefix(3).compactMap { amount($0) }
    return averages.count == 3 ? averages[1] : nil
  }

  /// The percentage `avg60` of the line `some` of `/proc/pressure/cpu`.
  static func pressure60(pressure text: String) -> Double? {
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard words.first == "some" else { continue }
      let value = words.first { $0.hasPrefix("avg60=") }.flatMap { amount($0.dropFirst(6)) }
      return value.flatMap { $0 <= 100 ? $0 : nil }
    }
    return nil
  }

  /// Bytes, from the line `MemTotal` of `/proc/meminfo`.
  static func memory(memoryInformation text: String) -> Double? {
    for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("MemTotal:") {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard words.count == 3, words[2] == "kB" else { return nil }
      return amount(words[1]).map { $0 * 1024 }
    }
    return nil
  }

  /// Bytes, from a control group's `memory.max`; nil also for `max`, no limit.
  static func memoryLimit(groupMemory text: String) -> Double? {
    amount(trimmed(text))
  }

  /// Processors, perhaps not whole ones, from a control group's `cpu.max`: microseconds allowed
  /// in each period; nil also for `max`, no limit.
  static func processorLimit(groupProcessors text: String) -> Double? {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard words.count == 2, let quota = amount(words[0]), let period = amount(words[1]),
      quota > 0, period > 0
    else { return nil }
    return quota / period
  }

  /// How many processors the process may run on, from the line `Cpus_allowed_list` of
  /// `/proc/self/status`, such as `0-3,7`: fewer than there are when it was pinned.
  static func processors(status text: String) -> Int? {
    let title = "Cpus_allowed_list:"
    for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix(title) {
      var count = 0
      for range in trimmed(String(line.dropFirst(title.count))).split(separator: ",") {
        let ends = range.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        // No machine has more; a larger number is nonsense and could overflow.
        guard (1...2).contains(ends.count), let first = ends[0], let last = ends.last ?? nil,
          first >= 0, first <= last, last < 1 << 20
        else { return nil }
        count += last - first + 1
      }
      return count > 0 && count < 1 << 20 ? count : nil
    }
    return nil
  }

  /// Hours, from the first number of `/proc/uptime`.
  static func uptimeHours(uptime text: String) -> Double? {
    text.split(whereSeparator: \.isWhitespace).first.flatMap { amount($0) }.map { $0 / 3600 }
  }

  /// The process's own control group below the root of version 2's hierarchy, from
  /// `/proc/self/cgroup`, as the names of the groups on the way to it; nil where there is none.
  static func group(groups text: String) -> [String]? {
    for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("0::/") {
      let names = line.dropFirst(4).split(separator: "/").map(String.init)
      // Seen from another namespace the path begins with `..` and leads nowhere here.
      return names.contains("..") ? nil : names
    }
    return nil
  }

  /// One of the folders in `/sys/class/power_supply`.
  struct PowerSupply {
    /// `type`: `Battery`, `Mains`, `USB`, `UPS`.
    var kind: String
    /// `status`: `Discharging`, `Charging`, `Full`, …
    var status: String?
    /// `scope`: `Device` is the battery of a mouse or a headset.
    var scope: String?
    /// `online`: 1 where the supply has power.
    var online: String?
  }

  /// Whether the machine lives on what it has stored.
  static func isOnBattery(_ supplies: [PowerSupply]) -> Bool {
    let own = supplies.filter { trimmed($0.scope ?? "") != "Device" }
    let isSupplied = own.contains {
      trimmed($0.kind) != "Battery" && trimmed($0.kind) != "UPS" && trimmed($0.online ?? "") == "1"
    }
    let isDischarging = own.contains {
      ["Battery", "UPS"].contains(trimmed($0.kind)) && trimmed($0.status ?? "") == "Discharging"
    }
    return isDischarging && !isSupplied
  }

  /// A number that can count something: finite and not negative.
  private static func amount(_ text: some StringProtocol) -> Double? {
    // `Double` also reads `inf`, `nan` and hexadecimal.
    guard let first = text.utf8.first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first),
      !text.lowercased().contains("x"), let value = Double(text), value.isFinite
    else { return nil }
    return value
  }

  private static func trimmed(_ text: String) -> String {
    String(text.drop(while: \.isWhitespace).prefix { !$0.isNewline })
  }
}
