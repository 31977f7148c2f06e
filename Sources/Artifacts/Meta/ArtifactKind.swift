/// The kinds of artifact. All but workflows live in `artifacts/<kind>/<alias>/`; workflows in `workflows/<alias>/`.
public enum ArtifactKind: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    case automation, dataset, model, script, paper, workflow

    public var description: String { rawValue }
}
