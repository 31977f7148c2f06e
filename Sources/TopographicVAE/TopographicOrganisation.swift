import Datasets
import NeuralNetworks
import Numerics

/// How a model's latents are organised on their torus: whether neighbours respond to the same classes and the same style of writing (the
/// claim behind figure 3 of Keller and Welling 2021, which shows pictures and gives no number; the statistics are ours).
///
/// A p-value against random order says that a map is smooth. The topographic window makes maps smooth before anything is learned, since
/// neighbours share most of their variance: so hold every value beside the untrained model's, and look at how strong the responses are.
public struct TopographicOrganisation: Sendable {
    /// A statistic of one kind of map.
    public struct Smoothness: Hashable, Sendable {
        /// Moran's I over the 8 neighbours, the mean over maps where there are several; nil where every map is constant.
        public var moranI: Double?
        /// One-sided, against random order of positions.
        public var pValue: Double?
        /// Moran's I at distances 1, 2, … (``TorusMap/distances(side:)``): windows n wide share nothing from distance n on.
        public var byDistance: [Double?]
        /// How strongly latents respond: the mean over positions of the largest d′, or of the correlation's size.
        public var strength: Double
    }

    /// Neighbouring positions of the map of selective latents, as figure 3 draws it.
    public struct ClassMap: Hashable, Sendable {
        /// The share of positions that are selective for a class.
        public var selectiveFraction: Double
        /// Classes that have a position.
        public var classes: Int
        /// Pairs of neighbours, of all pairs, that are selective for the same class.
        public var sameClassPairs: Double
        /// The same, expected in random order.
        public var expectedSameClassPairs: Double
        public var pValue: Double
    }

    public let side: Int
    public let images: Int
    public let permutations: Int
    public let frameShape: FrameShape
    public let selectivity: ClassSelectivity
    /// Over the classes' maps of d′.
    public let classes: Smoothness
    public let classMap: ClassMap
    /// Of each latent's correlation with the stroke's width, within classes.
    public let width: Smoothness
    /// Of each latent's correlation with the stroke's slant, within classes.
    public let slant: Smoothness
    /// For each latent the image whose |t| is largest, [C, H, W].
    public let maximumActivation: [[Float]]

    /// Looks at a model's t, sampled as everywhere, on images of a part.
    ///
    /// - Parameters:
    ///   - images: how many; at most as many as the part has. They are the first of a seeded order.
    ///   - seed: selects images, ε and permutations.
    ///   - permutations: at least 1; 999 makes 0.001 the smallest p-value.
    ///   - progress: called after each batch with images done and images in all.
    public init(
        model: TopographicVAE, dataset: any SequenceDataset, split: Split, images: Int, seed: UInt64, permutations: Int = 999,
        progress: ((Int, Int) -> Void)? = nil
    ) throws(ConfigurationError) {
        try model.checkFits(dataset)
        side = try TopographicOrganisation.side(of: model.configuration)
        let available = dataset.count(of: split)
        try ConfigurationError.require(available > 0, "the \(split.rawValue) part", "empty", "at least one image")
        try ConfigurationError.require(images > 0, "the number of images", images, "at least 1")
        try ConfigurationError.require((1...1_000_000).contains(permutations), "the number of permutations", permutations, "1 ... 1000000")
        try ConfigurationError.require(dataset.classCount >= 2, "the number of classes", dataset.classCount, "at least 2")

        let order = EvaluationOrder.images(min(images, available), of: available, seed: seed)
        let responses = Responses(model, dataset, order: order, split: split, seed: seed, progress: progress)
        self.images = order.count
        self.permutations = permutations
        frameShape = dataset.frameShape
        maximumActivation = responses.pictures(of: order, dataset, split: split, seed: seed)

        let (t, labels, classCount) = (responses.t, responses.labels, dataset.classCount)
        let selectivity = ClassSelectivity(activations: t, labels: labels, classCount: classCount)
        self.selectivity = selectivity
        let test = { [side] (maps: [[Double]], strength: Double) in
            Smoothness(maps: maps, side: side, strength: strength, permutations: permutations, seed: seed)
        }
        let strongest = (0..<t.columns).map { selectivity.preferred($0)?.discriminability ?? 0 }
        classes = test(selectivity.discriminability.compactMap { $0 }, strongest.reduce(0, +) / Double(t.columns))
        classMap = ClassMap((0..<t.columns).map(selectivity.selectedClass), side: side, permutations: permutations, seed: seed)
        func style(_ attribute: [Double?]) -> Smoothness {
            let map = StyleCorrelation(activations: t, attribute: attribute, labels: labels, classCount: classCount).correlations
            return test([map], map.reduce(0) { $0 + abs($1) } / Double(map.count))
        }
        width = style(responses.strokes.map { $0?.width })
        slant = style(responses.strokes.map { $0?.slant })
    }

    /// The side of the torus; a model without one has its latents laid out in the same way, which gives a control.
    private static func side(of configuration: ModelConfiguration) throws(ConfigurationError) -> Int {
        try ConfigurationError.require(
            configuration.sequenceLength == 1, "the sequence length", configuration.sequenceLength, "1: maps are of single frames")
        var side = 1
        while side * side < configuration.latents { side += 1 }
        try ConfigurationError.require(
            side * side == configuration.latents && side >= TorusMap.smallestSide, "the number of latents", configuration.latents,
            "a square of at least \(TorusMap.smallestSide * TorusMap.smallestSide)")
        return side
    }
}

extension TopographicOrganisation.Smoothness {
    /// - Parameter maps: of one kind, each [side · side].
    package init(maps: [[Double]], side: Int, strength: Double, permutations: Int, seed: UInt64) {
        func mean(_ values: [Double?]) -> Double? {
            let known = values.compactMap { $0 }
            return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
        }
        self.strength = strength
        let maps = maps.map { TorusMap(side: side, values: $0) }
        byDistance = TorusMap.distances(side: side).map { distance in mean(maps.map { $0.moranI(distance: distance) }) }
        let standardised = maps.compactMap(\.standardised)
        guard !standardised.isEmpty else {
            moranI = nil
            pValue = nil
            return
        }
        let pairs = NeighbourPairs(side: side, distance: 1)
        func statistic(_ order: [Int]) -> Double {
            var sum = 0.0
            for map in standardised { pairs.forEach { sum += map[order[$0]] * map[order[$1]] } }
            return sum
        }
        let observed = statistic(Array(0..<side * side))
        moranI = observed / Double(standardised.count * pairs.shifts.count)
        pValue =
            PermutationTest.run(
                positions: side * side, permutations: permutations, seed: seed, observed: observed, statistic: statistic
            ).pValue
    }
}

extension TopographicOrganisation.ClassMap {
    /// - Parameter selected: for each position the class that it is selective for.
    package init(_ selected: [Int?], side: Int, permutations: Int, seed: UInt64) {
        let known = selected.compactMap { $0 }
        let pairs = NeighbourPairs(side: side, distance: 1)
        let codes = selected.map { $0 ?? -1 }
        func statistic(_ order: [Int]) -> Double {
            var count = 0
            pairs.forEach { if codes[order[$0]] >= 0, codes[order[$0]] == codes[order[$1]] { count += 1 } }
            return Double(count)
        }
        let all = Double(pairs.shifts.count * side * side)
        let observed = statistic(Array(0..<side * side))
        let outcome = PermutationTest.run(
            positions: side * side, permutations: permutations, seed: seed, observed: observed, statistic: statistic)
        selectiveFraction = Double(known.count) / Double(selected.count)
        classes = Set(known).count
        sameClassPairs = observed / all
        expectedSameClassPairs = outcome.expected / all
        pValue = outcome.pValue
    }
}

/// What a model does with images: its activations, and what is known of each image.
private struct Responses {
    /// [N, s]
    let t: Matrix
    var labels: [Int] = []
    var strokes: [PenStroke?] = []
    /// Of each latent the place, in the order, of the image with the largest |t|.
    var strongest: [Int]

    private static let batchSize = 100

    init(
        _ model: TopographicVAE, _ dataset: any SequenceDataset, order: [Int], split: Split, seed: UInt64, progress: ((Int, Int) -> Void)?
    ) {
        t = Matrix(rows: order.count, columns: model.configuration.latents)
        var largest = [Float](repeating: -1, count: t.columns)
        strongest = [Int](repeating: 0, count: t.columns)
        let shape = dataset.frameShape
        var current: (pass: ForwardPass, loader: SequenceLoader)?
        for first in stride(from: 0, to: order.count, by: Responses.batchSize) {
            let part = order[first..<min(first + Responses.batchSize, order.count)]
            let places: (pass: ForwardPass, loader: SequenceLoader)
            if let current, current.pass.sequences == part.count {
                places = current
            } else {
                places = (
                    ForwardPass(model: model, sequences: part.count),
                    SequenceLoader(dataset: dataset, batchSize: part.count, pool: model.arithmetic.elementwise.pool)
                )
            }
            current = places
            places.loader.load(images: part, split: split, epoch: 0, seed: seed, into: places.pass.input)
            places.pass.encode()
            places.pass.sample(PhiloxNoise.evaluation(seed: seed, batch: UInt32(truncatingIfNeeded: first / Responses.batchSize)))
            for index in 0..<part.count {
                labels.append(places.loader.sequences[index].labels[0])
                // Ink in any channel is ink; the first is enough where there is one.
                let pixels = UnsafeBufferPointer(rebasing: places.pass.input.row(index)[..<(shape.height * shape.width)])
                strokes.append(PenStroke(pixels: pixels, height: shape.height, width: shape.width))
                let (source, target) = (places.pass.t.row(index), t.row(first + index))
                for latent in 0..<t.columns {
                    target[latent] = source[latent]
                    guard abs(source[latent]) > largest[latent] else { continue }
                    largest[latent] = abs(source[latent])
                    strongest[latent] = first + index
                }
            }
            progress?(first + part.count, order.count)
        }
    }

    func pictures(of order: [Int], _ dataset: any SequenceDataset, split: Split, seed: UInt64) -> [[Float]] {
        var batch = SequenceBatch(
            sequences: 1, sequenceLength: 1, frameShape: dataset.frameShape, factorCount: dataset.factorNames.count)
        return strongest.map { place in
            dataset.fill(&batch, split: split, images: [order[place]], epoch: 0, seed: seed)
            return batch.frames
        }
    }
}
