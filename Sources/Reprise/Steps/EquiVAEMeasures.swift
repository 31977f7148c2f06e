import EquiVAE
import Integrity
import NeuralNetworks

/// What is measured of one model.
struct EquiVAEMeasures {
    /// Share of images whose class is read off a representation.
    struct Probe {
        /// By multinomial logistic regression.
        var linear: Double
        /// By the five nearest neighbours.
        var nearest: Double

        var json: JSONValue { ["linear": .number(100 * linear), "nearest": .number(100 * nearest)] }
    }

    var classification: ClassificationEvaluation
    /// nil where no images were asked for.
    var likelihood: MarginalLikelihood?
    var routing: RoutingControls
    var invariant: Probe
    var equivariant: Probe
    var equivariantMean: Probe

    /// Errors, accuracies and shares in percent, likelihoods in nats per image.
    var json: JSONValue {
        [
            "error": ["classifier": .number(100 * classification.classifierError), "bound": .number(100 * classification.boundError)],
            "bound": .number(classification.bound),
            "negative_log_likelihood": .number(classification.negativeLogLikelihood),
            "kl": .number(classification.divergence),
            "log_likelihood": JSONValue(optional: likelihood?.mean),
            "probe": ["r": invariant.json, "v": equivariant.json, "v_mean": equivariantMean.json],
            "routing": [
                "negative_log_likelihood": [
                    "own": .number(routing.negativeLogLikelihood.own), "other_class": .number(routing.negativeLogLikelihood.otherClass),
                    "noise": .number(routing.negativeLogLikelihood.noise),
                    "gain": .number(routing.negativeLogLikelihood.otherClass - routing.negativeLogLikelihood.own),
                ],
                "recognised": [
                    "own": .number(100 * routing.ownRecognised), "other_class": .number(100 * routing.otherClassRecognised),
                    "original": .number(100 * routing.originalRecognised), "noise": .number(100 * routing.noiseRecognised),
                ],
            ],
        ]
    }
}
