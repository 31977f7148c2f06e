import Integrity

/// The signature under a run's manifest, for OpenSSL's command line alone. Nothing is signed anew.
public enum ManifestExport {
    public static let messageFile = "manifest.pae"
    public static let signatureFile = "manifest.sig"

    public static func export(_ run: VerifiedRun) throws -> Export {
        let envelope = try Envelope.read(run.folder.manifest)
        let detached = try DetachedSignature(of: envelope, by: run.signer)
        return Export(
            title: "The signed manifest of run \(run.record.id)",
            about: """
                `openssl` checks that the holder of `\(Export.keyFile)` signed `\(messageFile)`: the manifest, a JSON text, behind the words `DSSEv1`, its media type and both lengths. It names every \
                file of the run with its SHA-256, and every claim with its verdict. Compare the key with the one that its owner gave you by another way; \
                compare files with `sha256sum`.
                """,
            commands: [
                DetachedSignature.command(
                    algorithm: run.signer.algorithm, message: messageFile, signature: signatureFile, publicKey: Export.keyFile)
            ],
            files: [messageFile: detached.message, signatureFile: detached.signature], key: run.signer)
    }
}
