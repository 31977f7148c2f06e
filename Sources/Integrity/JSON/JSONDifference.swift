extension JSONValue {
    /// The first member, in the order of their names, that two objects do not have alike; nil where there is none.
    package func firstDifferentMember(from other: JSONValue) -> String? {
        let names = Set((objectValue ?? [:]).keys).union((other.objectValue ?? [:]).keys)
        return names.sorted().first { self[$0] != other[$0] }
    }
}
