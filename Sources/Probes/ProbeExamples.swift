import Numerics

/// What every probe asks of its examples before it looks at them.
enum ProbeExamples {
    /// Refuses features that are no numbers, labels that are no classes, and different numbers of them.
    static func check(features: Matrix, labels: [Int], classCount: Int) throws(ProbeError) {
        guard classCount >= 1 else { throw .invalid(parameter: "classCount", reason: "\(classCount) is less than 1") }
        guard labels.count == features.rows else {
            throw .invalid(parameter: "labels", reason: "\(labels.count) labels for \(features.rows) examples")
        }
        if let position = labels.firstIndex(where: { $0 < 0 || $0 >= classCount }) {
            throw .invalid(
                parameter: "labels", reason: "label \(labels[position]) of example \(position) is not from 0 to \(classCount - 1)")
        }
        try check(features: features, columns: features.columns)
    }

    /// Refuses features that are none, no numbers, or not as many as the probe was fitted to.
    static func check(features: Matrix, columns: Int) throws(ProbeError) {
        guard features.rows >= 1, features.columns >= 1 else {
            throw .invalid(parameter: "features", reason: "\(features.rows) examples of \(features.columns) features are none")
        }
        guard features.columns == columns else {
            throw .invalid(parameter: "features", reason: "\(features.columns) of them, the probe was fitted to \(columns)")
        }
        if let position = features.buffer.firstIndex(where: { !$0.isFinite }) {
            throw .invalid(
                parameter: "features",
                reason: "feature \(position % columns) of example \(position / columns) is \(features.buffer[position])")
        }
    }

    /// The fraction of predictions that are right.
    static func accuracy(_ predictions: [Int], labels: [Int]) -> Double {
        Double(zip(predictions, labels).count { $0 == $1 }) / Double(labels.count)
    }
}
