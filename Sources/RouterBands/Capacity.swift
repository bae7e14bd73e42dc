/// What a node has to give to a group, as its machine says.
public struct MachineResources: Hashable, Sendable, Codable {
  public var cores: Int
  /// The load average over five minutes.
  public var load5: Double
  /// The percentage of the last minute in which some task waited for a processor (Linux: `avg60`
  /// of `/proc/pressure/cpu`); nil where the system does not say.
  public var processorPressure: Double?
  /// MiB of memory.
  public var memory: Double
  public var openFileLimit: Int
  /// MiB that the disk of the index has free.
  public var freeDisk: Double
  public var uptimeHours: Double
  public var isOnBattery: Bool

  public init(
    cores: Int, load5: Double = 0, processorPressure: Double? = nil, memory: Double,
    openFileLimit: Int, freeDisk: Double, uptimeHours: Double, isOnBattery: Bool = false
  ) {
    self.cores = cores
    self.load5 = load5
    self.processorPressure = processorPressure
    self.memory = memory
    self.openFileLimit = openFileLimit
    self.freeDisk = freeDisk
    self.uptimeHours = uptimeHours
    self.isOnBattery = isOnBattery
  }
}

/// How many clients a virtual server on a machine may have: `limit_count`.
public struct CapacityRule: Hashable, Sendable, Codable {
  /// A fixed answer, for an administrator who knows better; brought to at least 0.
  public var fixed: Int?
  public var clientsPerIdleCore = 100.0
  /// The share of the memory that an index may take, and the MiB that one client's records need.
  public var memoryShare = 0.25
  public var memoryPerClient = 0.5
  public var reservedFiles = 128.0
  public var filesPerClient = 2.0
  /// MiB.
  public var diskPerClient = 100.0
  public var maximum = 300.0
  /// MiB. Below either the machine takes no clients.
  public var leastMemory = 256.0
  public var leastDisk = 1024.0

  public init(fixed: Int? = nil) {
    self.fixed = fixed
  }

  /// The share of its processors that is free, at least a tenth: a busy machine still serves.
  public static func idleShare(of machine: MachineResources) -> Double {
    let load = machine.cores > 0 ? machine.load5 / Double(machine.cores) : 1
    let busy = max(load, (machine.processorPressure ?? 0) / 100)
    return busy.isFinite ? min(1, max(0.1, 1 - busy)) : 0.1
  }

  /// Half for a machine just started, full after four hours.
  public static func stability(of machine: MachineResources) -> Double {
    machine.uptimeHours.isNaN ? 0.5 : min(1, 0.5 + max(0, machine.uptimeHours) / 8)
  }

  /// Never negative, and 0 for whatever makes no sense, such as a negative memory.
  public func limitCount(of machine: MachineResources) -> Int {
    if let fixed { return max(0, fixed) }
    guard !machine.isOnBattery, machine.memory >= leastMemory, machine.freeDisk >= leastDisk else {
      return 0
    }
    let bounds = [
      clientsPerIdleCore * Double(machine.cores) * Self.idleShare(of: machine),
      memoryShare * machine.memory / memoryPerClient,
      (Double(machine.openFileLimit) - reservedFiles) / filesPerClient,
      machine.freeDisk / diskPerClient,
      maximum,
    ]
    let least = bounds.min() ?? 0
    guard least.isFinite, least > 0 else { return 0 }
    return Int(Self.stability(of: machine) * least)
  }
}
