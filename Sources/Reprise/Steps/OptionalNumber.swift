import Integrity

extension JSONValue {
    /// A number, or null where there is none or it is not finite.
    init(optional number: Double?) { self = number.flatMap { $0.isFinite ? .number($0) : nil } ?? .null }
}
