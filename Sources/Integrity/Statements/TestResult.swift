/// What a series of tests found: in-toto's test-result predicate (v0.1). Here a test is a claim of a paper.
public struct TestResult: Hashable, Sendable {
    public static let predicateType = "https://in-toto.io/attestation/test-result/v0.1"

    public enum Result: String, Hashable, Sendable, CaseIterable {
        case passed = "PASSED"
        case warned = "WARNED"
        case failed = "FAILED"
    }

    public var result: Result
    /// What the tests were configured by.
    public var configuration: [ResourceDescriptor]
    public var url: String?
    public var passedTests: [String]
    public var warnedTests: [String]
    public var failedTests: [String]
    /// Fields of one's own beside the predicate's. One that has the name of a field above is not written.
    public var extraFields: [String: JSONValue]

    public init(
        result: Result, configuration: [ResourceDescriptor], url: String? = nil, passedTests: [String] = [], warnedTests: [String] = [],
        failedTests: [String] = [], extraFields: [String: JSONValue] = [:]
    ) {
        self.result = result
        self.configuration = configuration
        self.url = url
        self.passedTests = passedTests
        self.warnedTests = warnedTests
        self.failedTests = failedTests
        self.extraFields = extraFields
    }

    /// Reads the predicate; fields that it does not define become ``extraFields``.
    public init(predicate: JSONValue) throws(StatementError) {
        var fields = try FieldReader(predicate, at: "predicate")
        guard let result = Result(rawValue: try fields.string("result")) else {
            throw fields.failure("result", "PASSED, WARNED or FAILED is expected")
        }
        self.result = result
        configuration = try ResourceDescriptor.list(fields.array("configuration"), at: fields.path(to: "configuration"))
        url = try fields.optionalString("url")
        passedTests = try fields.optionalStrings("passedTests")
        warnedTests = try fields.optionalStrings("warnedTests")
        failedTests = try fields.optionalStrings("failedTests")
        extraFields = fields.remaining()
    }

    public var predicate: JSONValue {
        var predicate = extraFields
        predicate["result"] = .string(result.rawValue)
        predicate["configuration"] = .array(configuration.map(\.json))
        predicate["url"] = url.map(JSONValue.string)
        predicate["passedTests"] = .array(passedTests.map(JSONValue.string))
        predicate["warnedTests"] = .array(warnedTests.map(JSONValue.string))
        predicate["failedTests"] = .array(failedTests.map(JSONValue.string))
        return .object(predicate)
    }
}
