/// Everything that a run's report shows, as plain values. ``HTMLReport`` turns it into a page.
public struct ReportModel: Hashable, Sendable {
    /// A name and what it is: one line of the environment.
    public struct Field: Hashable, Sendable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A picture with its text. Rows of a grid are named beside it, since text inside a picture is not text.
    public struct Picture: Hashable, Sendable {
        public var image: PNGImage
        public var caption: String
        /// What the picture shows, for who cannot see it.
        public var alternative: String
        /// One label a row of the grid, top to bottom; empty for none.
        public var rowLabels: [String]

        public init(image: PNGImage, caption: String, alternative: String, rowLabels: [String] = []) {
            self.image = image
            self.caption = caption
            self.alternative = alternative
            self.rowLabels = rowLabels
        }
    }

    /// The measures of one model, each beside the same measure on the untrained model and at chance.
    public struct MetricTable: Hashable, Sendable {
        public struct Row: Hashable, Sendable {
            public var name: String
            public var unit: String?
            public var trained: Double?
            public var untrained: Double?
            public var chance: Double?
            /// Where the measure was made for several seeds, what each gave; ``trained`` is their mean.
            public var trainedSeeds: SeedStatistics?
            /// See ``trainedSeeds``.
            public var untrainedSeeds: SeedStatistics?
            /// What the measure means and which way is better, in one line.
            public var explanation: String?

            public init(
                name: String, unit: String? = nil, trained: Double?, untrained: Double?, chance: Double? = nil, explanation: String? = nil
            ) {
                self.name = name
                self.unit = unit
                self.trained = trained
                self.untrained = untrained
                self.chance = chance
                self.explanation = explanation
            }
        }

        /// The model, such as a row of the paper's table.
        public var title: String
        public var note: String?
        public var rows: [Row]

        public init(title: String, note: String? = nil, rows: [Row]) {
            self.title = title
            self.note = note
            self.rows = rows
        }
    }

    /// One step of the workflow as it went.
    public struct Step: Hashable, Sendable {
        public struct Output: Hashable, Sendable {
            public var name: String
            public var bytes: Int
            /// 64 hexadecimal digits.
            public var sha256: String

            public init(name: String, bytes: Int, sha256: String) {
                self.name = name
                self.bytes = bytes
                self.sha256 = sha256
            }
        }

        public var name: String
        /// `script/train-topographic-vae@1.0.0`.
        public var artifact: String
        /// The digest of the artifact; its first 12 digits are shown.
        public var digest: String
        public var seconds: Double
        /// The run whose outputs were reused; nil where the step was run.
        public var cachedFrom: String?
        public var outputs: [Output]

        public init(name: String, artifact: String, digest: String, seconds: Double, cachedFrom: String? = nil, outputs: [Output]) {
            self.name = name
            self.artifact = artifact
            self.digest = digest
            self.seconds = seconds
            self.cachedFrom = cachedFrom
            self.outputs = outputs
        }
    }

    /// How a stranger checks the record.
    public struct Record: Hashable, Sendable {
        public struct Instruction: Hashable, Sendable {
            public var purpose: String
            public var command: String

            public init(purpose: String, command: String) {
                self.purpose = purpose
                self.command = command
            }
        }

        /// The id of the key that signed the run.
        public var keyIdentifier: String
        public var instructions: [Instruction]

        public init(keyIdentifier: String, instructions: [Instruction]) {
            self.keyIdentifier = keyIdentifier
            self.instructions = instructions
        }
    }

    public var title: String
    public var runIdentifier: String
    public var workflow: String
    public var variation: String
    /// When the run ended, as text; the report asks no clock.
    public var finished: String?
    /// How much of the paper's protocol was followed: `300 of the paper's 600,000 steps (0.05 %)`.
    public var scaleStatement: String
    /// The first line to read; by default ``ClaimSummary/line``.
    public var overallVerdict: String
    public var results: [ClaimResult]
    /// The paper's tables. Claims that they show are not listed again among the others.
    public var paperTables: [PaperTable]
    public var metricTables: [MetricTable]
    public var charts: [LineChart]
    public var pictures: [Picture]
    public var steps: [Step]
    public var environment: [Field]
    public var record: Record

    public init(
        title: String, runIdentifier: String, workflow: String, variation: String, finished: String? = nil, scaleStatement: String,
        overallVerdict: String? = nil, results: [ClaimResult], paperTables: [PaperTable] = [], metricTables: [MetricTable] = [],
        charts: [LineChart] = [],
        pictures: [Picture] = [], steps: [Step] = [], environment: [Field] = [], record: Record
    ) {
        self.title = title
        self.runIdentifier = runIdentifier
        self.workflow = workflow
        self.variation = variation
        self.finished = finished
        self.scaleStatement = scaleStatement
        self.overallVerdict = overallVerdict ?? ClaimSummary(results).line
        self.results = results
        self.paperTables = paperTables
        self.metricTables = metricTables
        self.charts = charts
        self.pictures = pictures
        self.steps = steps
        self.environment = environment
        self.record = record
    }
}
