import NeuralNetworks

/// How far two states of a training lie apart: for every tensor of the first, the largest difference relative to the tensor's largest entry.
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
            var scale = 0.0
            var difference = 0.0
            for (x, y) in zip(a.buffer, b.buffer) {
                scale = max(scale, Double(x.magnitude))
                let distance = Double((x - y).magnitude)
                difference = distance.isNaN ? .infinity : max(difference, distance)
            }
            if difference > 0 { largest = max(largest, scale > 0 ? difference / scale : .infinity) }
        }
        self.largest = largest
    }
}
