/// A model's weights as a safetensors file that says which configuration they are of.
public enum WeightsFile {
    /// Under which a model's identity stands in the metadata of weights and checkpoints.
    public static let configurationKey = "configuration"

    /// Writes the values of parameters, under their names. The bytes depend on the arguments alone; the file appears under its name only
    /// when complete.
    ///
    /// - Parameter configuration: canonical text; two configurations with the same text make the same model.
    public static func write(_ parameters: [Parameter], configuration: String, to path: String) throws(SafetensorsError) {
        try SafetensorsFile.write(parameters.map(\.named), metadata: [configurationKey: configuration], to: path)
    }

    /// Reads the values of all parameters, or changes none. A file that names another configuration is refused.
    ///
    /// - Throws: ``CheckpointError`` where the weights are another model's, ``SafetensorsError`` where a tensor is absent or misshapen.
    public static func read(_ path: String, configuration: String, into parameters: [Parameter]) throws {
        let file = try SafetensorsFile(path: path)
        if let found = file.metadata[configurationKey], found != configuration {
            throw CheckpointError.different(path: path, what: "model", found: found, expected: configuration)
        }
        try file.load(into: parameters.map(\.named))
    }
}
