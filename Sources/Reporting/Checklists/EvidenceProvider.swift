import Integrity

/// What a record can be asked for on behalf of a checklist's item. The names are those that a checklist's file uses.
public enum EvidenceProvider: String, Hashable, Sendable, CaseIterable {
    // The code and where it ran.
    /// The commit that was built, with nothing uncommitted.
    case codeCommit = "code-commit"
    /// The digest of the program that ran.
    case programDigest = "program-digest"
    /// Operating system, compiler and libraries, with their versions.
    case dependencies
    /// Processor, cores and memory.
    case computeEnvironment = "compute-environment"
    /// How long each step took.
    case runTime = "run-time"
    /// What the record takes on a disk.
    case diskSpace = "disk-space"

    // The data.
    /// Every file of every data set, with its digest.
    case dataDigests = "data-digests"
    /// Where every data set is fetched from, or what generates it.
    case dataSources = "data-sources"
    /// The licences of the data sets.
    case dataLicenses = "data-licenses"

    // The experiment.
    /// The licences of scripts and models.
    case codeLicenses = "code-licenses"
    case model
    case hyperparameters
    case randomSeeds = "random-seeds"
    /// Independent trainings of each model: as many as the parameter `minimum`, else two.
    case replicates
    case trainingCode = "training-code"
    case evaluationCode = "evaluation-code"
    case trainedWeights = "trained-weights"
    /// States of a training that an auditor replays from.
    case keptStates = "kept-states"
    case workflow
    /// The command that computes the same again.
    case runCommand = "run-command"

    // The results.
    /// What the paper claims, beside its source.
    case claims
    case resultsTable = "results-table"
    /// What each measure means.
    case measureDefinitions = "measure-definitions"
    /// Standard deviation and interval of what was measured.
    case deviations
    /// The same measures before training.
    case untrainedControls = "untrained-controls"
    /// Whether the paper's protocol was followed to the letter.
    case paperProtocol = "paper-protocol"
    /// Whether the paper's numbers came out.
    case reproducedResults = "reproduced-results"

    // The record.
    case signedManifest = "signed-manifest"
    case attestations

    /// The parameters that an item may give with it.
    var parameters: [String] { self == .replicates ? ["minimum"] : [] }
}

/// A provider as an item names it.
public struct EvidenceRequest: Hashable, Sendable {
    public var provider: EvidenceProvider
    /// For ``EvidenceProvider/replicates``: how many there must be.
    public var minimum: Int?

    public init(_ provider: EvidenceProvider, minimum: Int? = nil) {
        self.provider = provider
        self.minimum = minimum
    }
}
