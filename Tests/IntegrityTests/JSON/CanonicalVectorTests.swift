import Foundation
import Integrity
import Testing

/// Exchanges values with another implementation of RFC 8785; `Tests/Interop/formats` brings the other side.
@Suite("Canonical JSON beside another implementation")
struct CanonicalVectorTests {
    static let folder = ProcessInfo.processInfo.environment["REPRISE_VECTORS"]

    @Test("each value of the other's is put into canonical form", .enabled(if: folder != nil, "REPRISE_VECTORS names no folder"))
    func theirs() throws {
        let folder = try #require(CanonicalVectorTests.folder)
        let values = try BoundedFile.read(folder + "/values.jsonl", limit: 1 << 26).split(separator: 0x0A)
        #expect(values.count > 1000)
        var canonical: [UInt8] = []
        for value in values { canonical += try JSONValue.parse(Array(value)).canonicalBytes() + [0x0A] }
        try AtomicFile.write(canonical, to: folder + "/canonical.jsonl")
    }

    @Test("values of our own are written for the other", .enabled(if: folder != nil, "REPRISE_VECTORS names no folder"))
    func ours() throws {
        let folder = try #require(CanonicalVectorTests.folder)
        var cases = CaseGenerator(seed: 6)
        var canonical: [UInt8] = []
        for _ in 0..<3000 { canonical += JSONValue.array([cases.value(), .number(cases.number())]).canonicalBytes() + [0x0A] }
        try AtomicFile.write(canonical, to: folder + "/ours.jsonl")
    }
}
