import Integrity
import Reporting

/// Claims, results and a report of the kinds that the quick start and the paper's workflows give.
enum Sample {
    static let equivariance = Claim(
        id: "abstract.equivariance", statement: "Learns approximately equivariant capsules from sequences", source: "Abstract",
        kind: .abstract, mark: .verbatim)
    static let equivarianceError = Claim(
        id: "table1.tvae-1/2.equivariance-error", statement: "Equivariance error of TVAE L=1/2 on MNIST", source: "Table 1", kind: .table,
        table: "Table 1", row: "TVAE L=1/2", column: "E_eq", reported: .init(value: 574, uncertainty: 2), mark: .recalled)
    static let logLikelihood = Claim(
        id: "table1.vae.log-likelihood", statement: "Log-likelihood of the VAE on MNIST", source: "Table 1", kind: .table,
        table: "Table 1", row: "VAE", column: "log p(x)", reported: .init(value: -189, uncertainty: 0.8), unit: "nats", mark: .secondary)
    static let claims = [equivariance, equivarianceError, logLikelihood]

    static func reference(_ text: String) -> MetricReference {
        guard let reference = MetricReference(text) else { preconditionFailure("not a metric reference: \(text)") }
        return reference
    }

    /// The claim of equivariance, held against the gap of roll-forward NLL.
    static let binding = ClaimBinding(
        claim: equivariance.id, measure: reference("evaluate:trained.gap"), control: reference("evaluate:untrained.gap"),
        chance: .number(1), criterion: .lessThan(0.2), beyondControl: .lower, margin: 0.1, appliesAt: ["paper", "smoke"],
        explanation: "Rolling a capsule predicts later frames almost as well as encoding them")

    static let errorBinding = ClaimBinding(
        claim: equivarianceError.id, measure: reference("evaluate:trained.equivariance_error"),
        control: reference("evaluate:untrained.equivariance_error"), chance: .number(13_269), criterion: .within(20),
        appliesAt: ["paper"], explanation: "Mean over test sequences")

    static let metrics: [String: JSONValue] = [
        "evaluate": [
            "trained": ["gap": 0.015, "equivariance_error": 580.4, "nll": 68.1, "empty": nil, "words": "many"],
            "untrained": ["gap": 0.9, "equivariance_error": 492],
            "list": [3, 4],
        ]
    ]

    static func results(scale: RunScale = .reduced, variation: String = "smoke") throws -> [ClaimResult] {
        try ClaimEvaluator.evaluate(
            claims: claims, bindings: [binding, errorBinding], metrics: metrics, scale: scale, variation: variation)
    }

    static func chart(points: Int = 60) -> LineChart {
        func curve(_ floor: Double, _ rate: Double) -> [ChartPoint] {
            (0..<points).map { index in
                let x = Double(index) * 25
                return ChartPoint(x: x, y: floor + 85 / (1 + x / rate) + Double(index * 37 % 11) * 0.3)
            }
        }
        return LineChart(
            title: "Negative log-likelihood while training", summary: "Both models start near 150 nats a frame and fall.", xLabel: "step",
            yLabel: "nats per frame",
            series: [.init(name: "TVAE L=1/2", points: curve(62, 180)), .init(name: "VAE", points: curve(27, 120))])
    }

    static func picture() throws -> ReportModel.Picture {
        var grid = try ImageGrid(channels: 1, height: 32, width: 32, gap: 2, scale: 2)
        for row in 0..<3 {
            try grid.append(
                row: (0..<15).map { column in
                    (0..<1024).map { position in
                        let (x, y) = (Float(position % 32) - Float(8 + column), Float(position / 32) - 16)
                        let radius = Float(5 + row * 2)
                        return max(0, min(1, radius - (x * x + y * y).squareRoot()))
                    }
                })
        }
        return ReportModel.Picture(
            image: try grid.image(), caption: "A sequence, its reconstruction, and the first frame's capsules rolled forward.",
            alternative: "Three rows of fifteen frames; a disc moves to the right in each.",
            rowLabels: ["Input", "Reconstruction", "Rolled forward"])
    }

    static func report() throws -> ReportModel {
        let digest = String(repeating: "3f9a", count: 16)
        return ReportModel(
            title: "Topographic VAEs learn Equivariant Capsules: quick start", runIdentifier: "20250131-120000-quickstart-7f3a",
            workflow: "quickstart", variation: "smoke", finished: "2025-01-31 12:04 UTC",
            scaleStatement: "1,500 of the paper's 600,000 steps (0.25 %), on generated sprites", results: try results(),
            metricTables: [
                .init(
                    title: "TVAE L=1/2", note: "Averages over 64 sequences.",
                    rows: [
                        .init(
                            name: "Equivariance error", trained: 580.4, untrained: 492, chance: 6936,
                            explanation: "Lower is better; the window gives most of it untrained."),
                        .init(name: "Roll-forward NLL", unit: "nats", trained: 68.1, untrained: 151.2),
                        .init(name: "Equivariance gap", trained: 0.015, untrained: 0.93, chance: 1),
                    ])
            ],
            charts: [chart(), chart()], pictures: [try picture()],
            steps: [
                .init(
                    name: "train-tvae", artifact: "script/train-topographic-vae@1.0.0", digest: digest, seconds: 73.2,
                    outputs: [.init(name: "weights.safetensors", bytes: 10_482_112, sha256: digest)]),
                .init(
                    name: "evaluate-tvae", artifact: "script/evaluate-topographic-vae@1.0.0", digest: digest, seconds: 0.02,
                    cachedFrom: "20250131-113000-quickstart-11aa", outputs: [.init(name: "metrics.json", bytes: 812, sha256: digest)]),
            ],
            environment: [
                .init(name: "Processor", value: "AMD EPYC 9R14, 2 cores"), .init(name: "Compiler", value: "Swift 6.3.1"),
                .init(name: "Arithmetic", value: "openblas 0.3.21 SkylakeX"),
            ],
            record: .init(
                keyIdentifier: digest,
                instructions: [
                    .init(
                        purpose: "Check every byte and signature:", command: "reprise verify 20250131-120000-quickstart-7f3a --key me.pub")
                ]))
    }
}
