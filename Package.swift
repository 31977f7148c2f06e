// swift-tools-version: 6.0
import PackageDescription

// Two halves meet only in the step contract (Workflows/StepContract.swift):
//   what is computed:   TopographicVAE, EquiVAE → NeuralNetworks → Numerics → CKernels, and Datasets, Probes → Numerics
//   how it is recorded: Submissions → Reporting → Workflows → Artifacts → Integrity
// docs/architecture.md says why.
let package = Package(
    name: "reprise",
    products: [.executable(name: "reprise", targets: ["Reprise"]), .executable(name: "reprise-bench", targets: ["RepriseBench"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        .target(
            name: "CKernels",
            // Debug builds train at full speed; contraction off, so that a fused multiply-add happens only where it is written.
            cSettings: [.unsafeFlags(["-O3", "-ffp-contract=off", "-fno-math-errno"])],
            linkerSettings: [.linkedLibrary("m"), .linkedLibrary("pthread")]),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),

        .target(name: "Numerics", dependencies: ["CKernels", "COpenBLAS"]),
        .target(name: "NeuralNetworks", dependencies: ["Numerics"]),
        .target(name: "Datasets", dependencies: ["Numerics", "CArchive", "CZlib"]),
        .target(name: "Probes", dependencies: ["Numerics", "COpenBLAS"]),
        .target(name: "TopographicVAE", dependencies: ["NeuralNetworks", "Datasets"]),
        .target(name: "EquiVAE", dependencies: ["NeuralNetworks", "Datasets"]),

        .target(name: "Integrity", dependencies: ["COpenSSL"]),
        .target(name: "Artifacts", dependencies: ["Integrity", "CCurl"]),
        .target(name: "CSystem"),
        .target(name: "Workflows", dependencies: ["Artifacts", "CSystem"]),
        .target(name: "Reporting", dependencies: ["Workflows", "CPNG", "CSystem"]),
        .target(name: "Submissions", dependencies: ["Reporting", "CArchive", "CSystem"]),

        .executableTarget(
            name: "Reprise",
            dependencies: [
                "TopographicVAE", "EquiVAE", "Probes", "Submissions", "Reporting", "CArchive", "CCurl", "COpenSSL", "CPNG", "CSystem",
                "CZlib",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        .target(name: "CCanaries", path: "Benchmarks/CCanaries", cSettings: [.unsafeFlags(["-O3"])]),
        .executableTarget(
            name: "RepriseBench", dependencies: ["TopographicVAE", "Artifacts", "CCanaries"], path: "Benchmarks/RepriseBench"),

        .testTarget(name: "NumericsTests", dependencies: ["Numerics"]),
        .testTarget(name: "NeuralNetworksTests", dependencies: ["NeuralNetworks"]),
        .testTarget(name: "DatasetsTests", dependencies: ["Datasets", "Integrity", "CZlib"]),
        .testTarget(name: "ProbesTests", dependencies: ["Probes"]),
        .testTarget(name: "TopographicVAETests", dependencies: ["TopographicVAE", "Integrity"]),
        .testTarget(name: "EquiVAETests", dependencies: ["EquiVAE", "Integrity"]),
        .testTarget(name: "IntegrityTests", dependencies: ["Integrity"]),
        .testTarget(name: "ArtifactsTests", dependencies: ["Artifacts"]),
        .testTarget(name: "WorkflowsTests", dependencies: ["Workflows"]),
        .testTarget(name: "ReportingTests", dependencies: ["Reporting"]),
        .testTarget(name: "SubmissionsTests", dependencies: ["Submissions"]),
        .testTarget(name: "RepriseTests", dependencies: ["Reporting", "Datasets"]),
    ],
    swiftLanguageModes: [.v6]
)
