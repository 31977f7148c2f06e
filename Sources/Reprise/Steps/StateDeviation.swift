import NeuralNetworks

/// How far two states of a training lie apart: for every tensor of the first, the Euclidean norm of the difference relative to the tensor's.
struct StateDeviation {
    /// Over all tensors; infinite where something is not a number.
    let largest: Double

    init(_ path: String, _ other: String) throws {
        let first = try SafetensorsFile(path: path)
        let second = try SafetensorsFile(path: other)
        var largest = 0.0
        for (name, tensor) in first.header.tensors {
            let a = try first.load(name, shape: tensor.shape)
            let b = try second.load(name, shape: tensor.shape)
            var norm = 0.0
            var difference = 0.0
            for (x, y) in zip(a.buffer, b.buffer) {
                norm += Double(x) * Double(x)
                difference += Double(x - y) * Double(x - y)
            }
            guard difference.isFinite, norm.isFinite else {
                self.largest = .infinity
                return
            }
            if difference > 0 { largest = max(largest, norm > 0 ? (difference / norm).squareRoot() : .infinity) }
        }
        self.largest = largest
    }
}
