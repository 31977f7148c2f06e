import ArgumentParser
import Foundation
import Integrity
import Workflows

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Make, list and trust the keys that sign and verify records.",
        discussion: """
            Every run is signed with your key, keys/default.pem in the state folder (mode 0600, made by the first run). Records signed by \
            others verify once you trust their public key: get it from them by a way that you trust, then

              reprise keys trust colleague.pub.pem --name colleague

            Or name the only key that you accept on one occasion: reprise verify RUN --key colleague.pub.pem
            """,
        subcommands: [Generate.self, List.self, Trust.self], defaultSubcommand: List.self)

    struct Generate: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a key pair.")
        @Option(help: "The key's name.") var name = "default"
        @Option(help: "ecdsa-p256 (every client verifies it) or ed25519.") var algorithm = KeyAlgorithm.ecdsaP256.rawValue
        @OptionGroup var homeOptions: HomeOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            guard let algorithm = KeyAlgorithm(rawValue: algorithm) else {
                throw UsageError(
                    "'\(algorithm)' is no key algorithm; take one of: \(KeyAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            let ring = try Project(homeOptions, readingOnly: true).keyRing()
            let key = try ring.generate(name: name, algorithm: algorithm)
            if output.json {
                Terminal.write(JSONValue.object(["name": .string(name), "keyid": .string(key.publicKey.keyID)]).prettyText())
            } else {
                Terminal.line("key \(name): \(key.publicKey.keyID)")
                Terminal.line("private, keep it to yourself: \(ring.folder)/\(name).pem")
                Terminal.line("public, give it to whoever verifies your runs: \(ring.folder)/\(name).pub.pem")
            }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List your own and the trusted keys.")
        @OptionGroup var homeOptions: HomeOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let entries = try Project(homeOptions, readingOnly: true).keyRing().list()
            if output.json {
                let keys = entries.map { entry -> JSONValue in
                    [
                        "name": .string(entry.name), "keyid": .string(entry.publicKey.keyID), "own": .bool(entry.origin == .own),
                        "algorithm": .string(entry.publicKey.algorithm.rawValue),
                    ]
                }
                Terminal.write(JSONValue.array(keys).prettyText())
            } else if entries.isEmpty {
                Terminal.line("no keys yet: the first run makes one, or: reprise keys generate")
            } else {
                for entry in entries {
                    Terminal.line(
                        "\(entry.publicKey.keyID)  \(entry.publicKey.algorithm.rawValue)  \(entry.origin == .own ? "own    " : "trusted")  \(entry.name)"
                    )
                }
            }
        }
    }

    struct Trust: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Trust somebody's public key from now on.")
        @Argument(help: "The public key, a PEM file.") var file: String
        @Option(help: "What to call it.") var name: String
        @OptionGroup var homeOptions: HomeOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let pem = String(decoding: try BoundedFile.read(file, limit: 1 << 16), as: UTF8.self)
            let key = try Project(homeOptions, readingOnly: true).keyRing().trust(pem: pem, name: name)
            if output.json {
                Terminal.write(JSONValue.object(["name": .string(name), "keyid": .string(key.keyID)]).prettyText())
            } else {
                Terminal.line("trusted as \(name): \(key.keyID)")
            }
        }
    }
}
