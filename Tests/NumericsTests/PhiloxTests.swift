import Numerics
import Testing

@Suite("Philox 4×32-10")
struct PhiloxTests {
    /// Known answers from the Random123 distribution's kat_vectors.
    @Test(
        "agrees with the published known-answer vectors",
        arguments: [
            (SIMD4<UInt32>(0, 0, 0, 0), SIMD2<UInt32>(0, 0), SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
            (
                SIMD4<UInt32>(repeating: 0xffff_ffff), SIMD2<UInt32>(repeating: 0xffff_ffff),
                SIMD4<UInt32>(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
            ),
            (
                SIMD4<UInt32>(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), SIMD2<UInt32>(0xa409_3822, 0x299f_31d0),
                SIMD4<UInt32>(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
            ),
        ])
    func knownAnswers(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, expected: SIMD4<UInt32>) {
        #expect(Philox.block(counter: counter, key: key) == expected)
    }

    @Test("a permutation holds every index once and depends on seed and step")
    func permutation() {
        let generator = Philox(seed: 7)
        let order = generator.permutation(of: 1000, .dataOrder, step: 3)
        #expect(order.sorted() == Array(0..<1000))
        #expect(order == generator.permutation(of: 1000, .dataOrder, step: 3))
        #expect(order != generator.permutation(of: 1000, .dataOrder, step: 4))
        #expect(order != Philox(seed: 8).permutation(of: 1000, .dataOrder, step: 3))
    }

    @Test("bounded integers stay in bounds and are close to uniform")
    func boundedIntegers() {
        var counts = [Int](repeating: 0, count: 6)
        for position in 0..<60_000 {
            counts[Philox(seed: 1).integer(below: 6, .transformation, step: 0, position: UInt64(position))] += 1
        }
        // Binomial standard deviation is 91; five of them on each side.
        #expect(counts.allSatisfy { abs($0 - 10_000) < 460 })
    }
}
