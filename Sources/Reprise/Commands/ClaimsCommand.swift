import ArgumentParser
import Artifacts
import Foundation
import Integrity
import Reporting

struct ClaimsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claims", abstract: "List what a paper claims, and confirm it in the paper's PDF.",
        subcommands: [List.self, Confirm.self], defaultSubcommand: List.self)

    struct PaperOptions: ParsableArguments {
        @Argument(help: "paper/alias, or its alias alone.") var paper: String

        func file(_ homeOptions: HomeOptions) throws -> (artifact: Artifact, claims: ClaimsFile) {
            let artifact = try Project(homeOptions).catalogue().find(paper.contains { "/:".contains($0) } ? paper : "paper/\(paper)")
            return (artifact, try ClaimsFile(artifact))
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List a paper's claims: id, reported value, mark, source.",
            discussion: """
                Example:
                  reprise claims list keller-welling-2021
                """)

        @OptionGroup var paper: PaperOptions
        @OptionGroup var homeOptions: HomeOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let (_, file) = try paper.file(homeOptions)
            if output.json { return Terminal.write(JSONValue.array(file.claims.map(ClaimsCommand.json)).prettyText()) }
            let width = file.claims.map(\.id.count).max() ?? 0
            for claim in file.claims {
                var line = claim.id.padding(toLength: width, withPad: " ", startingAt: 0)
                line += "  \(claim.reportedText ?? "in words (\(claim.mark.rawValue))")  \(claim.source)"
                if let confirmation = claim.confirmation {
                    line += ", page \(confirmation.page) of the PDF \(confirmation.sha256.hex.prefix(16))…"
                }
                Terminal.line(line)
            }
            let confirmed = file.claims.count { $0.mark.isConfirmed }
            Terminal.line("\(confirmed) of \(file.claims.count) claims are confirmed")
        }
    }

    struct Confirm: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Look the claims up in the paper's PDF; mark as confirmed what it says.",
            discussion: """
                Reads the PDF's text with poppler's pdftotext. Each reported number is looked for where its row and its column meet in the \
                table that its caption names, each quote word by word. What is found is marked confirmed in the artifact's claims file, \
                with the PDF's SHA-256 and the page. Nothing is guessed: a number that differs, and one that could be meant by several \
                places, is shown and left as it is. Where the mark of a number that differs rests on this very PDF, it goes back to recalled. \
                A PDF whose first three pages do not hold the paper's title is refused.

                The artifact's version stays: the claims are the same. Its digest changes, so that runs tell which marks they were made with.

                Examples:
                  reprise claims confirm keller-welling-2021 --pdf 2109.01394.pdf --dry-run
                  reprise claims confirm keller-welling-2021 --pdf 2109.01394.pdf

                Exit status: 0 all was found, 1 some was not (each is listed), 2 no such paper or not its PDF, 3 no pdftotext, or the claims file \
                cannot be written.
                """)

        @OptionGroup var paper: PaperOptions
        @Option(help: ArgumentHelp("The paper's PDF.", valueName: "file")) var pdf: String
        @Flag(help: "Look only; change nothing.") var dryRun = false
        @OptionGroup var homeOptions: HomeOptions
        @OptionGroup var output: OutputOptions

        func run() throws {
            let (artifact, file) = try paper.file(homeOptions)
            let text = try PDFText(pdf)
            let searchPath = ProcessInfo.processInfo.environment["PATH"] ?? ""
            let layout = try text.pages(.layout, searchPath: searchPath)
            let reading = try text.pages(.reading, searchPath: searchPath)
            guard layout.hold(title: file.title) || reading.hold(title: file.title) else {
                throw PDFTextError.otherPaper(pdf, title: file.title)
            }
            let confirmation = ClaimConfirmation(claims: file.claims, aliases: file.aliases, layout: layout, reading: reading)

            var confirmed: [String: Claim.Confirmation] = [:]
            for finding in confirmation.findings {
                guard case .confirmed(let page, _) = finding.outcome else { continue }
                confirmed[finding.claim.id] = Claim.Confirmation(sha256: text.digest, page: page)
            }
            let revoked = confirmation.revoked(by: text.digest).map(\.id)
            let change = file.confirming(confirmed, revoking: Set(revoked))
            if let change, !dryRun { try file.replace(by: change) }

            let open = confirmation.findings.filter(\.outcome.isOpen)
            if output.json {
                var json: JSONValue = [
                    "paper": .string(artifact.title), "file": .string(file.path), "dry_run": .bool(dryRun),
                    "changed": .bool(change != nil && !dryRun),
                    "pdf": ["path": .string(pdf), "sha256": .string(text.digest.hex), "pages": .number(Double(layout.count))],
                    "claims": .array(confirmation.findings.map(Confirm.json)), "revoked": .array(revoked.map { .string($0) }),
                ]
                var counts: [String: JSONValue] = [:]
                for (name, findings) in Dictionary(grouping: confirmation.findings, by: \.outcome.name) {
                    counts[name] = .number(Double(findings.count))
                }
                json["counts"] = .object(counts)
                Terminal.write(json.prettyText())
            } else {
                show(confirmation.findings, artifact: artifact, pages: layout.count, digest: text.digest)
                for id in revoked {
                    Terminal.line(
                        "\(id) \(dryRun ? "would lose" : "loses") its mark: this very PDF had confirmed it and contradicts it; now recalled"
                    )
                }
                if change == nil {
                    Terminal.line("nothing to change in \(file.path)")
                } else {
                    Terminal.line(dryRun ? "not written: \(file.path)" : "written: \(file.path)")
                }
            }
            if !open.isEmpty { throw ExitCode(ExitClass.checkFailed.rawValue) }
        }

        private func show(_ findings: [ClaimConfirmation.Finding], artifact: Artifact, pages: Int, digest: SHA256Digest) {
            Terminal.line("\(artifact.title) in \(pdf): \(pages) page\(pages == 1 ? "" : "s"), sha256 \(digest)")
            for finding in findings {
                let claim = finding.claim
                let expected = claim.reportedText ?? "in words (\(claim.mark.rawValue))"
                switch finding.outcome {
                case .confirmed(let page, let printed):
                    Terminal.line("✓ \(claim.id)  \(expected)  page \(page)\(claim.reported == nil ? "" : ": \(printed)")")
                case .contradicted(let page, let printed):
                    Terminal.line("✗ \(claim.id)  \(expected)  contradicted: page \(page) prints \(printed)")
                case .ambiguous(let places):
                    Terminal.line("? \(claim.id)  \(expected)  ambiguous: \(places.joined(separator: "; "))")
                case .notFound(let reason): Terminal.line("? \(claim.id)  \(expected)  not found: \(reason)")
                case .nothingToLookFor: Terminal.line("· \(claim.id)  \(expected)  neither a number nor a quote to look for")
                }
            }
            let found = findings.count { if case .confirmed = $0.outcome { true } else { false } }
            let open = findings.filter(\.outcome.isOpen)
            let names = ["contradicted", "ambiguous", "not found"].compactMap { name in
                let count = open.count { $0.outcome.name == name }
                return count == 0 ? nil : ", \(count) \(name)"
            }
            Terminal.line("\(found) of \(findings.count) claims confirmed\(names.joined())")
        }

        private static func json(_ finding: ClaimConfirmation.Finding) -> JSONValue {
            var json: JSONValue = ["id": .string(finding.claim.id), "outcome": .string(finding.outcome.name)]
            json["expected"] = finding.claim.reportedNumber.map(JSONValue.string) ?? finding.claim.quote.map(JSONValue.string) ?? .null
            json["mark_before"] = .string(finding.claim.mark.rawValue)
            switch finding.outcome {
            case .confirmed(let page, let printed), .contradicted(let page, let printed):
                json["page"] = .number(Double(page))
                json["printed"] = .string(printed)
            case .ambiguous(let places): json["places"] = .array(places.map { .string($0) })
            case .notFound(let reason): json["reason"] = .string(reason)
            case .nothingToLookFor: break
            }
            return json
        }
    }

    private static func json(_ claim: Claim) -> JSONValue {
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        return [
            "id": .string(claim.id), "statement": .string(claim.statement), "source": .string(claim.source),
            "mark": .string(claim.mark.rawValue), "quote": text(claim.quote), "unit": text(claim.unit),
            "value": claim.reported.map { .number($0.value) } ?? .null,
            "uncertainty": claim.reported?.uncertainty.map { .number($0) } ?? .null,
            "confirmed_by": claim.confirmation?.json ?? .null,
        ]
    }
}
