/// The clients that an export is for.
public enum ExportFormat: String, Hashable, Sendable, CaseIterable {
    /// `in-toto-verify`: the chain of steps.
    case inToto = "in-toto"
    /// OpenSSF's `model_signing`: a training's weights.
    case modelSignature = "model-signature"
    /// `openssl`: the signature under the manifest.
    case openSSL = "openssl"
}
