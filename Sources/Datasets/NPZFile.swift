/// A NumPy `.npz` archive: a zip of `.npy` files. Opening lists the entries; each array is read when asked for.
public struct NPZFile: Hashable, Sendable {
    public let path: String
    /// The arrays' names (without `.npy`), in the archive's order.
    public let names: [String]
    /// The most bytes that one entry may unpack to.
    public let entryLimit: Int

    private static let maximumEntries = 65_536

    /// Lists the archive. Duplicate names and names that would leave a folder (absolute, `..`, backslash) are refused.
    public init(path: String, entryLimit: Int = 1 << 28) throws(DatasetError) {
        let reader = try ArchiveReader(path: path, format: .zip)
        var names: [String] = []
        var seen: Set<String> = []
        while let entry = try reader.nextEntryName() {
            guard NPZFile.isSafe(entry) else {
                throw .malformed(path: path, reason: "entry name \(entry.debugDescription) could leave a folder")
            }
            let name = entry.hasSuffix(".npy") ? String(entry.dropLast(4)) : entry
            guard seen.insert(name).inserted else { throw .malformed(path: path, reason: "entry \(name) occurs twice") }
            guard names.count < NPZFile.maximumEntries else { throw .malformed(path: path, reason: "more than \(names.count) entries") }
            names.append(name)
        }
        self.path = path
        self.names = names
        self.entryLimit = entryLimit
    }

    /// The array of that name.
    public func array(_ name: String) throws(DatasetError) -> NPYArray {
        let reader = try ArchiveReader(path: path, format: .zip)
        while let entry = try reader.nextEntryName() {
            guard entry == name + ".npy" || entry == name else { continue }
            return try NPYArray(parsing: reader.contents(limit: entryLimit), name: "\(path)[\(name)]")
        }
        throw .missingEntry(path: path, name: name)
    }

    /// A single-precision array; a double-precision one is narrowed only when asked.
    public func floats(_ name: String, narrowingDoubles: Bool = false) throws(DatasetError) -> (shape: [Int], values: [Float]) {
        let array = try array(name)
        return (array.shape, try array.floats(narrowingDoubles: narrowingDoubles, name: "\(path)[\(name)]"))
    }

    /// A double-precision array; single precision is widened exactly.
    public func doubles(_ name: String) throws(DatasetError) -> (shape: [Int], values: [Double]) {
        let array = try array(name)
        return (array.shape, try array.doubles(name: "\(path)[\(name)]"))
    }

    /// An array of whole numbers.
    public func integers(_ name: String) throws(DatasetError) -> (shape: [Int], values: [Int]) {
        let array = try array(name)
        return (array.shape, try array.integers(name: "\(path)[\(name)]"))
    }

    private static func isSafe(_ name: String) -> Bool {
        guard !name.isEmpty, !name.hasPrefix("/"), !name.utf8.contains(UInt8(ascii: "\\")) else { return false }
        return name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { $0 != ".." && $0 != "." && !$0.isEmpty }
    }
}
