import Datasets
import NeuralNetworks
import Numerics
import Testing
import TopographicVAE

@Suite("Maps on a torus")
struct TorusMapTests {
    /// Moran's formula as it is written, over all pairs.
    private func direct(_ values: [Double], side: Int, distance: Int) -> Double {
        func gap(_ a: Int, _ b: Int) -> Int { min((a - b + side) % side, (b - a + side) % side) }
        let mean = values.reduce(0, +) / Double(values.count)
        var (products, weights, squares) = (0.0, 0.0, 0.0)
        for i in values.indices {
            squares += (values[i] - mean) * (values[i] - mean)
            for j in values.indices where max(gap(i / side, j / side), gap(i % side, j % side)) == distance {
                weights += 1
                products += (values[i] - mean) * (values[j] - mean)
            }
        }
        return Double(values.count) / weights * products / squares
    }

    private func random(_ count: Int, seed: UInt64 = 5) -> [Double] {
        (0..<count).map { Double(Philox(seed: seed).words(.figure, step: 0, position: UInt64($0))[0]) / 4e9 }
    }

    @Test("Moran's I is that of the definition, at every distance", arguments: [3, 5, 8])
    func definition(_ side: Int) throws {
        let values = random(side * side)
        for distance in TorusMap.distances(side: side) {
            let found = try #require(TorusMap(side: side, values: values).moranI(distance: distance))
            #expect(abs(found - direct(values, side: side, distance: distance)) < 1e-12)
        }
    }

    @Test("a map in two halves is smooth, a chequered one is neither smooth nor rough to 8 neighbours, a constant one has no value")
    func examples() throws {
        func map(_ value: (Int, Int) -> Double) -> TorusMap {
            TorusMap(side: 8, values: (0..<64).map { value($0 / 8, $0 % 8) })
        }
        #expect(try #require(map { row, _ in row < 4 ? 1 : 0 }.moranI()) > 0.6)
        #expect(abs(try #require(map { row, column in Double((row + column) % 2) }.moranI())) < 1e-12)
        #expect(map { _, _ in 0.3 }.moranI() == nil)
    }

    @Test("a map that is moved round the torus stays as smooth")
    func moved() throws {
        let values = random(49)
        let moved = (0..<49).map { place -> Double in
            let (row, column) = ((place / 7 + 3) % 7, (place % 7 + 5) % 7)
            return values[row * 7 + column]
        }
        let before = try #require(TorusMap(side: 7, values: values).moranI())
        let after = try #require(TorusMap(side: 7, values: moved).moranI())
        #expect(abs(before - after) < 1e-12)
    }

    @Test("a smooth map has the smallest p-value there is, a random one none that says anything")
    func permutations() throws {
        func smoothness(_ values: [Double], seed: UInt64 = 1) -> TopographicOrganisation.Smoothness {
            TopographicOrganisation.Smoothness(maps: [values], side: 8, strength: 0, permutations: 199, seed: seed)
        }
        let halves = (0..<64).map { $0 < 32 ? 1.0 : 0 }
        #expect(smoothness(halves).pValue == 1.0 / 200)
        #expect(smoothness(halves).moranI == TorusMap(side: 8, values: halves).moranI())
        let values = random(64)
        let pValue = try #require(smoothness(values).pValue)
        #expect(pValue > 0.05)
        #expect(smoothness(values) == smoothness(values))
        #expect(smoothness([Double](repeating: 1, count: 64)).pValue == nil)
    }

    @Test("neighbours of one class are counted and held against random order; without selective positions there is no evidence")
    func classMap() {
        func map(_ selected: [Int?]) -> TopographicOrganisation.ClassMap {
            TopographicOrganisation.ClassMap(selected, side: 6, permutations: 99, seed: 1)
        }
        let halves = map((0..<36).map { $0 < 18 ? 0 : 1 })
        // Rows meet in two places on a torus: 6 rows of 6 pairs along them, 4 of 6 steps from row to row within a half, 18 pairs each.
        #expect(halves.sameClassPairs == (36 + 4 * 18) / 144.0 && halves.pValue == 0.01 && halves.selectiveFraction == 1)
        #expect(halves.expectedSameClassPairs < 0.55)
        let none = map([Int?](repeating: nil, count: 36))
        #expect(none.sameClassPairs == 0 && none.pValue == 1 && none.selectiveFraction == 0 && none.classes == 0)
    }
}

@Suite("What latents respond to")
struct ResponseTests {
    @Test("d′ is the definition's: difference of means over the root of the mean variance")
    func discriminability() throws {
        let activations = Matrix(rows: 5, columns: 2, values: [1, 7, 3, 7, 5, 7, 10, 7, 12, 7])
        let selectivity = ClassSelectivity(activations: activations, labels: [0, 0, 0, 1, 1], classCount: 3)
        // Class 0: mean 3, variance 4; class 1: mean 11, variance 2.
        let expected = 8 / 3.0.squareRoot()
        #expect(abs(try #require(selectivity.discriminability[1])[0] - expected) < 1e-12)
        #expect(abs(try #require(selectivity.discriminability[0])[0] + expected) < 1e-12)
        #expect(selectivity.discriminability[2] == nil, "a class without examples")
        #expect(selectivity.preferred(0)?.label == 1 && selectivity.selectedClass(0) == 1)
        #expect(try #require(selectivity.discriminability[0])[1] == 0 && selectivity.selectedClass(1) == nil, "a latent that never varies")
    }

    @Test("the rest of several classes has their common mean and variance")
    func rest() throws {
        let values: [Float] = [1, 2, 4, 8, 9, 13, 0, 5]
        let labels = [0, 0, 1, 1, 1, 2, 2, 2]
        let selectivity = ClassSelectivity(activations: Matrix(rows: 8, columns: 1, values: values), labels: labels, classCount: 3)
        func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
            let count = Double(values.count)
            let mean = values.reduce(0, +) / count
            var squares = 0.0
            for value in values { squares += (value - mean) * (value - mean) }
            return (mean, squares / (count - 1))
        }
        for label in 0..<3 {
            let own = moments(zip(values, labels).filter { $0.1 == label }.map { Double($0.0) })
            let rest = moments(zip(values, labels).filter { $0.1 != label }.map { Double($0.0) })
            let variance = (own.variance + rest.variance) / 2
            let expected = (own.mean - rest.mean) / variance.squareRoot()
            #expect(abs(try #require(selectivity.discriminability[label])[0] - expected) < 1e-12)
        }
    }

    private func stroke(_ ink: (Int, Int) -> Bool) -> PenStroke? {
        let pixels = (0..<784).map { ink($0 / 28, $0 % 28) ? Float(1) : 0 }
        return pixels.withUnsafeBufferPointer { PenStroke(pixels: $0, height: 28, width: 28) }
    }

    @Test("a stroke's width is about its pixels across, whatever its length; white paper has none", arguments: [2, 3, 5])
    func width(_ pixels: Int) throws {
        let long = try #require(stroke { row, column in (4..<24).contains(row) && (10..<10 + pixels).contains(column) })
        #expect(abs(long.width - Double(pixels)) < 0.25 * Double(pixels), "\(long)")
        #expect(stroke { _, _ in false } == nil)
    }

    @Test("slant is above 0 to the right, below to the left, 0 upright")
    func slant() throws {
        func line(_ lean: Int) throws -> Double {
            let found = stroke { row, column in
                let middle = 14 + lean * (14 - row) / 4
                return (4..<24).contains(row) && abs(column - middle) <= 1
            }
            return try #require(found).slant
        }
        #expect(try line(2) > 0.4)
        #expect(try line(-2) < -0.4)
        #expect(try abs(line(0)) < 0.01)
    }

    @Test("style is correlated within classes: what only tells classes apart counts for nothing")
    func withinClasses() {
        let labels = (0..<40).map { $0 % 2 }
        let steps = (0..<40).map { $0 / 2 % 5 }
        let attribute = (0..<40).map { row -> Double? in Double(10 * labels[row] + steps[row]) }
        let activations = Matrix(rows: 40, columns: 3)
        for row in 0..<40 {
            activations[row, 0] = Float(4 * labels[row])
            activations[row, 1] = Float(steps[row])
            activations[row, 2] = Float(-steps[row] - 3 * labels[row])
        }
        let found = StyleCorrelation(activations: activations, attribute: attribute, labels: labels, classCount: 2).correlations
        #expect(found[0] == 0)
        #expect(abs(found[1] - 1) < 1e-12)
        #expect(abs(found[2] + 1) < 1e-12)
    }
}

@Suite("Organisation of a model's latents")
struct TopographicOrganisationTests {
    private func measure(_ model: TopographicVAE, seed: UInt64 = 1) throws -> TopographicOrganisation {
        try TopographicOrganisation(model: model, dataset: StillBars(), split: .test, images: 1000, seed: seed, permutations: 99)
    }

    @Test("takes no more images than there are, has one picture a latent, and is the same on any number of threads")
    func deterministic() throws {
        let organisation = try measure(StillBars.model(.torus(side: 3, window: 3)))
        #expect(organisation.side == 3 && organisation.images == 60 && organisation.permutations == 99)
        #expect(organisation.maximumActivation.count == 9 && organisation.maximumActivation.allSatisfy { $0.count == 16 })
        let other = try measure(StillBars.model(.torus(side: 3, window: 3), threads: 1))
        #expect(organisation.classes == other.classes && organisation.classMap == other.classMap)
        #expect(organisation.width == other.width && organisation.slant == other.slant)
        #expect(organisation.selectivity == other.selectivity && organisation.maximumActivation == other.maximumActivation)
    }

    @Test("training makes latents respond to classes")
    func trained() throws {
        let trainer = try StillBars.trainer(.torus(side: 3, window: 1))
        let untrained = try measure(trainer.model)
        for _ in 0..<400 { _ = trainer.step() }
        let trained = try measure(trainer.model)
        #expect(trained.classes.strength > untrained.classes.strength, "\(untrained.classes.strength) to \(trained.classes.strength)")
        #expect(trained.classMap.selectiveFraction >= untrained.classMap.selectiveFraction)
    }

    @Test("sequences, and latents that are no square, are refused by name")
    func impossible() throws {
        let sequences = #expect(throws: ConfigurationError.self) {
            try TopographicOrganisation(model: SmallModel.make(), dataset: MovingBars(), split: .test, images: 5, seed: 1)
        }
        #expect(sequences?.description.contains("the sequence length is 4") == true)
        let latents = #expect(throws: ConfigurationError.self) { try measure(StillBars.model(.none, latents: 8)) }
        #expect(latents?.description.contains("the number of latents is 8") == true)
        #expect(throws: ConfigurationError.self) {
            try TopographicOrganisation(
                model: StillBars.model(.none), dataset: StillBars(), split: .test, images: 5, seed: 1, permutations: 0)
        }
    }
}
