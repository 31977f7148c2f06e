import Datasets
import Workflows

/// What a dataset artifact has done with its files once they are fetched. Its outputs lie beside them.
enum DatasetPreparation: String, CaseIterable {
    /// The part of dSprites that the Topographic VAE is trained on, a bit a pixel.
    case dSpritesSubset = "dsprites-subset"

    /// The preparation that the artifact asks for; nil where it asks for none.
    init?(_ context: StepContext) throws {
        guard let section = context.invocation.dataset?["preparation"] else { return nil }
        let name = section["name"]?.stringValue ?? ""
        guard let known = DatasetPreparation(rawValue: name) else {
            let names = DatasetPreparation.allCases.map(\.rawValue).joined(separator: ", ")
            throw StepError.usage("\(context.invocation.artifact.name): no preparation is called '\(name)'; there is: \(names)")
        }
        self = known
    }

    func run(_ context: StepContext, files: DatasetFiles) throws {
        switch self {
        case .dSpritesSubset:
            let side = try context.integer("side")
            guard side == DSpritesGrid.published.side else {
                throw context.refusal("side", "\(DSpritesGrid.published.side), dSprites' own")
            }
            guard let archive = files.remote.first(where: { $0.name.hasSuffix(".npz") })?.name else {
                throw StepError.usage("\(context.invocation.artifact.name): it lists no .npz to take images from")
            }
            let subset = try DSpritesArchive(path: context.outputs + "/" + archive).subset { done, total in
                context.report(done, of: total, unit: "images", text: archive)
            }
            try subset.write(to: context.outputs + "/dsprites-\(side).npy")
            Terminal.line("dsprites-\(side).npy: \(subset.shape[0]) images of \(archive), a bit a pixel")
        }
    }
}
