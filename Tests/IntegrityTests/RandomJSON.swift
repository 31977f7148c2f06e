import Integrity

/// A small deterministic source of test cases (SplitMix64), so that a failing case comes back on every run.
struct CaseGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Any finite double, all exponents equally likely, or a small integer or decimal as people write them.
    mutating func number() -> Double {
        switch next() % 3 {
        case 0: return Double(Int.random(in: -100_000...100_000, using: &self))
        case 1: return Double(Int.random(in: -100_000...100_000, using: &self)) / 1000
        default:
            while true {
                let number = Double(bitPattern: next())
                if number.isFinite { return number }
            }
        }
    }

    mutating func string() -> String {
        let alphabets: [ClosedRange<UInt32>] = [
            0x00...0x7F, 0x20...0x7E, 0x80...0x7FF, 0x3000...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF,
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...6, using: &self) {
            let alphabet = alphabets[Int.random(in: 0..<alphabets.count, using: &self)]
            if let scalar = Unicode.Scalar(UInt32.random(in: alphabet, using: &self)) { text.append(scalar) }
        }
        return String(text)
    }

    mutating func value(depth: Int = 4) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &self) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &self))
        case 2: return .number(number())
        case 3: return .string(string())
        case 4:
            var elements: [JSONValue] = []
            for _ in 0..<Int.random(in: 0...4, using: &self) { elements.append(value(depth: depth - 1)) }
            return .array(elements)
        default:
            var members: [String: JSONValue] = [:]
            for _ in 0..<Int.random(in: 0...4, using: &self) { members[string()] = value(depth: depth - 1) }
            return .object(members)
        }
    }
}
