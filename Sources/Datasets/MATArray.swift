/// An array in a MATLAB 5.0 file, as its header describes it. Elements are in MATLAB's order: the first axis varies fastest.
package struct MATArray: Hashable, Sendable {
    package let name: String
    package let arrayClass: MATArrayClass
    /// The lengths of the axes, fastest first, two at least.
    package let shape: [Int]
    /// How the elements lie in the file: writers store whole numbers of any class in the smallest type that holds them.
    package let storage: MATStorage

    /// The number of elements.
    package var count: Int { shape.reduce(1, *) }

    /// The elements' size in bytes.
    package var size: Int { count * storage.size }
}

/// The kinds of arrays that MATLAB has, by their numbers in a file.
package enum MATArrayClass: UInt8, Hashable, Sendable {
    case cell = 1
    case structure, object, character, sparse
    case double, single, int8, uint8, int16, uint16, int32, uint32, int64, uint64
    case functionHandle, opaque

    /// Whether it is a plain array of numbers.
    package var isNumeric: Bool { (MATArrayClass.double.rawValue...MATArrayClass.uint64.rawValue).contains(rawValue) }

    package var description: String {
        switch self {
        case .cell: "a cell array"
        case .structure: "a structure"
        case .object: "an object"
        case .character: "text"
        case .sparse: "a sparse array"
        case .functionHandle: "a function handle"
        case .opaque: "an opaque object"
        default: "an array of \(self)s"
        }
    }
}

/// The types that elements are stored as, by their numbers in a file.
package enum MATStorage: UInt32, Hashable, Sendable, CaseIterable {
    case int8 = 1
    case uint8 = 2
    case int16 = 3
    case uint16 = 4
    case int32 = 5
    case uint32 = 6
    case single = 7
    case double = 9
    case int64 = 12
    case uint64 = 13

    /// An element's size in bytes.
    package var size: Int {
        switch self {
        case .int8, .uint8: 1
        case .int16, .uint16: 2
        case .int32, .uint32, .single: 4
        case .double, .int64, .uint64: 8
        }
    }

    /// The whole number that an element is; nil where it is none, or none that fits.
    ///
    /// - Parameter bytes: exactly ``size`` of them.
    func wholeNumber(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool) -> Int? {
        var word: UInt64 = 0
        for byte in isBigEndian ? Array(bytes) : bytes.reversed() { word = word << 8 | UInt64(byte) }
        switch self {
        case .int8: return Int(Int8(truncatingIfNeeded: word))
        case .int16: return Int(Int16(truncatingIfNeeded: word))
        case .int32: return Int(Int32(truncatingIfNeeded: word))
        case .int64: return Int(Int64(bitPattern: word))
        case .uint8, .uint16, .uint32, .uint64: return Int(exactly: word)
        case .single: return Int(exactly: Float(bitPattern: UInt32(truncatingIfNeeded: word)))
        case .double: return Int(exactly: Double(bitPattern: word))
        }
    }
}
