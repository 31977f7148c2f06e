import Numerics
import Testing

/// The definition, written out: one chain of fused multiply-adds per element, from +0, then + 0.
private enum Definition {
    static func chain(_ count: Int, _ factors: (Int) -> (Float, Float)) -> Float {
        var sum: Float = 0
        for index in 0..<count {
            let (a, b) = factors(index)
            sum.addProduct(a, b)
        }
        return sum + 0
    }

    static func matrix(_ rows: Int, _ columns: Int, _ element: (Int, Int) -> Float) -> [UInt32] {
        (0..<rows).flatMap { row in (0..<columns).map { element(row, $0).bitPattern } }
    }
}

/// The first element that differs, in words; nil where none does.
private func difference(_ found: Matrix, _ expected: [UInt32]) -> String? {
    for (index, (bits, value)) in zip(expected, found.buffer).enumerated() where bits != value.bitPattern {
        let wanted = Float(bitPattern: bits)
        if wanted.isNaN && value.isNaN { continue }  // a NaN's payload is no result
        return "row \(index / found.columns), column \(index % found.columns): \(value), expected \(wanted)"
    }
    return nil
}

@Suite("Portable products equal their definition bit for bit")
struct PortableProductTests {
    struct Setting: CustomTestStringConvertible {
        var set: InstructionSet
        var threads: Int
        var testDescription: String { "\(set.name) on \(threads) threads" }

        var arithmetic: PortableArithmetic { PortableArithmetic(pool: ThreadPool(threads: threads), instructionSet: set) }
    }

    static let settings = InstructionSet.available.flatMap { set in [1, 2, 3, 5].map { Setting(set: set, threads: $0) } }

    /// Examples, inputs, outputs: tails of every block size, one of each, none of a kind, and a layer's true size.
    static let shapes = [
        (1, 1, 1), (2, 3, 15), (3, 2, 16), (15, 17, 2), (16, 16, 24), (17, 31, 33), (31, 33, 17), (33, 1, 47), (1, 193, 1), (5, 192, 25),
        (144, 385, 3), (193, 7, 5), (200, 40, 49), (385, 16, 24), (20, 972, 33), (144, 65, 96), (4, 0, 3), (0, 4, 3), (3, 4, 0),
    ]

    /// How the inputs of a product look.
    enum Content: String, CaseIterable {
        case dense
        /// Runs of zeros of both signs, as in a picture's background.
        case sparse
        /// The same, and weights and gradients that are infinite or NaN: what is zero must not be skipped.
        case sparseWithInfinities
    }

    private func inputs(_ rows: Int, _ columns: Int, _ content: Content) -> Matrix {
        let matrix = sampleMatrix(rows, columns, stream: 1)
        guard content != .dense else { return matrix }
        let which = sampleMatrix(rows, columns, stream: 6)
        for row in 0..<rows {
            for column in 0..<columns where (row / 16 + column / 5) % 4 != 0 || which[row, column] > 0.8 {
                matrix[row, column] = which[row, column] > 0 ? 0 : -0.0
            }
        }
        return matrix
    }

    private func infect(_ matrix: Matrix, _ content: Content) {
        guard content == .sparseWithInfinities else { return }
        for (index, value) in zip(stride(from: 1, to: matrix.count, by: 131), [Float.infinity, -.infinity, .nan, .infinity]) {
            matrix.pointer[index] = value
        }
    }

    @Test("forward, both gradients and both fused updates, for every shape and content", arguments: settings)
    func products(_ setting: Setting) {
        let arithmetic = setting.arithmetic
        for (examples, inputCount, outputCount) in Self.shapes {
            for content in Content.allCases {
                let context = "\(examples) examples, \(inputCount) → \(outputCount), \(content.rawValue)"
                let x = inputs(examples, inputCount, content)
                let w = sampleMatrix(outputCount, inputCount, stream: 2)
                let b = sampleMatrix(1, max(outputCount, 1), stream: 3)
                let dy = sampleMatrix(examples, outputCount, stream: 4)
                infect(w, content)
                infect(dy, content)

                if outputCount > 0 {
                    let sums = Definition.matrix(examples, outputCount) { n, o in
                        Definition.chain(inputCount) { (w[o, $0], x[n, $0]) } + b[0, o]
                    }
                    let y = Matrix(rows: examples, columns: outputCount)
                    arithmetic.forward(input: x, weight: w, bias: b, activation: .identity, output: y)
                    #expect(difference(y, sums) == nil, "forward, \(context)")
                    arithmetic.forward(input: x, weight: w, bias: b, activation: .rectifier, output: y)
                    let rectified = sums.map { bits in
                        let sum = Float(bitPattern: bits)
                        return sum > 0 || sum.isNaN ? bits : 0
                    }
                    #expect(difference(y, rectified) == nil, "the rectifier, \(context)")
                }

                let through = Definition.matrix(examples, inputCount) { n, i in
                    x[n, i] > 0 ? Definition.chain(outputCount) { (dy[n, $0], w[$0, i]) } : 0
                }
                let dx = Matrix(rows: examples, columns: inputCount)
                arithmetic.inputGradient(outputGradient: dy, weight: w, rectifierOutput: x, inputGradient: dx)
                #expect(difference(dx, through) == nil, "gradient by the input, \(context)")

                guard outputCount > 0 else { continue }
                let gradients = Definition.matrix(outputCount, inputCount) { o, i in
                    Definition.chain(examples) { (dy[$0, o], x[$0, i]) }
                }
                let dw = Matrix(rows: outputCount, columns: inputCount)
                let db = Matrix(rows: 1, columns: outputCount)
                arithmetic.weightGradient(outputGradient: dy, input: x, weightGradient: dw, biasGradient: db)
                #expect(difference(dw, gradients) == nil, "gradient by the weight, \(context)")

                dw.copy(from: gradients.map(Float.init(bitPattern:)))
                for rule in Self.rules {
                    let expected = State(outputCount, inputCount, rule)
                    let found = State(outputCount, inputCount, rule)
                    arithmetic.elementwise.apply(expected.update, gradient: dw)
                    arithmetic.updateWeight(
                        outputGradient: dy, input: x, weightGradient: untouchable(), biasGradient: db, update: found.update)
                    for (a, b) in zip(found.matrices, expected.matrices) {
                        #expect(difference(a, bits(b)) == nil, "\(rule) fused into the gradient, \(context)")
                    }
                }
            }
        }
    }

    /// The fused update has no use for a place to store gradients.
    private func untouchable() -> Matrix {
        Issue.record("portable arithmetic asked for a place to store the weight's gradient")
        return Matrix(rows: 0, columns: 0)
    }

    enum Rule { case momentumSGD, adam }
    static let rules: [Rule] = [.momentumSGD, .adam]

    /// A parameter with an optimiser's state, the same at every making.
    struct State {
        let matrices: [Matrix]
        let rule: Rule

        init(_ rows: Int, _ columns: Int, _ rule: Rule) {
            matrices = (7...9).map { sampleMatrix(rows, columns, stream: $0) }
            for index in 0..<matrices[2].count { matrices[2].pointer[index] = abs(matrices[2].pointer[index]) }
            self.rule = rule
        }

        var update: ParameterUpdate {
            switch rule {
            case .momentumSGD: .momentumSGD(value: matrices[0], momentum: matrices[1], rate: 0.1, factor: 0.9)
            case .adam:
                .adam(
                    value: matrices[0], first: matrices[1], second: matrices[2], rate: 0.1, beta1: 0.9, beta2: 0.999, correction: 0.03,
                    epsilon: 1e-8)
            }
        }
    }

    @Test("a chain that underflows to −0 ends as +0, skipped zeros or not", arguments: settings)
    func underflow(_ setting: Setting) {
        // Input 0 underflows below zero: −0. Were the zeros after it added, they would make it +0.
        let x = Matrix(rows: 16, columns: 64)
        for example in 0..<16 { x[example, 0] = 1e-30 }
        let w = Matrix(rows: 24, columns: 64)
        w.fill(1)
        for output in 0..<24 { w[output, 0] = -1e-30 }
        let b = Matrix(rows: 1, columns: 24)
        b.fill(-0.0)
        let y = Matrix(rows: 16, columns: 24)
        setting.arithmetic.forward(input: x, weight: w, bias: b, activation: .identity, output: y)
        #expect(y.values.allSatisfy { $0.bitPattern == 0 })

        let short = Matrix(rows: 16, columns: 1)
        short.fill(1e-30)
        let narrow = Matrix(rows: 24, columns: 1)
        narrow.fill(-1e-30)
        setting.arithmetic.forward(input: short, weight: narrow, bias: b, activation: .identity, output: y)
        #expect(y.values.allSatisfy { $0.bitPattern == 0 }, "without zeros")
    }

    @Test("several threads may use one arithmetic at a time")
    func shared() async {
        let arithmetic = PortableArithmetic(pool: ThreadPool(threads: 2))
        let expected = SharedProduct(arithmetic, size: 61).bits
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<20).allSatisfy { _ in SharedProduct(arithmetic, size: 61).bits == expected } }
            }
            for await agrees in group { #expect(agrees) }
        }
    }

    struct SharedProduct {
        let bits: [UInt32]

        init(_ arithmetic: PortableArithmetic, size: Int) {
            let x = sampleMatrix(size, size, stream: 1)
            let w = sampleMatrix(size, size, stream: 2)
            let b = sampleMatrix(1, size, stream: 3)
            let y = Matrix(rows: size, columns: size)
            let dw = Matrix(rows: size, columns: size)
            arithmetic.forward(input: x, weight: w, bias: b, activation: .rectifier, output: y)
            arithmetic.weightGradient(outputGradient: y, input: x, weightGradient: dw, biasGradient: b)
            bits = NumericsTests.bits(y) + NumericsTests.bits(dw)
        }
    }

    @Test("the arithmetic says what it is, and instruction sets go by the names that REPRISE_ISA takes")
    func identification() {
        let arithmetic = PortableArithmetic(pool: ThreadPool(threads: 1), instructionSet: .baseline)
        #expect(arithmetic.name == "portable")
        #expect(arithmetic.version == "revision 1, scalar kernels")
        for set in InstructionSet.allCases { #expect(InstructionSet(name: set.name) == set) }
        #expect(InstructionSet(name: "sse9") == nil)
        #expect(InstructionSet.available.contains(.baseline) && InstructionSet.available.contains(.best))
    }
}
