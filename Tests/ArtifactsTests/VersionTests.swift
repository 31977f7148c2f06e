import Artifacts
import Testing

@Suite struct VersionTests {
    @Test func `versions are ordered as semver's own example orders them`() throws {
        let ordered = [
            "0.0.0", "0.9.10", "1.0.0-0", "1.0.0-9", "1.0.0-10", "1.0.0-99999999999999999999", "1.0.0-100000000000000000000", "1.0.0-alpha",
            "1.0.0-alpha.1", "1.0.0-alpha.beta",
            "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2.0.0",
        ]
        let versions = try ordered.map { try #require(SemanticVersion($0)) }
        for (index, version) in versions.enumerated() {
            #expect(version.description == ordered[index])
            for (other, right) in versions.enumerated() {
                #expect((version < right) == (index < other), "\(version) < \(right)")
                #expect((version == right) == (index == other), "\(version) == \(right)")
            }
        }
    }

    @Test func `build metadata does not count`() {
        #expect(SemanticVersion("1.0.0+a") == SemanticVersion("1.0.0+b.7"))
        #expect(SemanticVersion("1.0.0+a")?.hashValue == SemanticVersion("1.0.0")?.hashValue)
    }

    @Test(arguments: [
        "", "1", "1.2", "1.2.3.4", "01.2.3", "1.02.3", "1.2.3-", "1.2.3-a..b", "1.2.3-01", "1.2.3+", "-1.2.3", "1.2.3 ", "v1.2.3", "1.2.x",
        "9999999999.0.0", "1.2.3-é",
        "１.0.0",
    ]) func `what is no version is refused`(_ text: String) {
        #expect(SemanticVersion(text) == nil)
    }

    @Test(arguments: [
        ("1.2.3", ["1.2.3"], ["1.2.4", "1.2.3-a"]),
        ("=1.2.3", ["1.2.3"], ["1.2.2"]),
        ("1.2", ["1.2.0", "1.2.9"], ["1.3.0", "1.1.9"]),
        ("1", ["1.0.0", "1.9.9"], ["2.0.0", "0.9.9"]),
        ("^1.2", ["1.2.0", "1.9.0"], ["1.1.9", "2.0.0", "2.0.0-alpha", "1.3.0-beta"]),
        ("^1.2.3", ["1.2.3", "1.3.0"], ["1.2.2", "2.0.0"]),
        ("^0.2", ["0.2.0", "0.2.7"], ["0.3.0", "0.1.9"]),
        ("^0.0.3", ["0.0.3"], ["0.0.4", "0.0.2"]),
        ("^0.0", ["0.0.0", "0.0.9"], ["0.1.0"]),
        ("^0", ["0.0.0", "0.9.0"], ["1.0.0"]),
        ("~1.2", ["1.2.0", "1.2.9"], ["1.3.0"]),
        ("~1.2.3", ["1.2.3", "1.2.9"], ["1.2.2", "1.3.0"]),
        ("~1", ["1.0.0", "1.9.0"], ["2.0.0"]),
        (">=1.0 <2.0", ["1.0.0", "1.99.0"], ["0.9.9", "2.0.0"]),
        (">1.2", ["1.3.0"], ["1.2.9"]),
        (">1.2.3", ["1.2.4"], ["1.2.3"]),
        ("<=1.2", ["1.2.9"], ["1.3.0"]),
        ("<=1.2.3", ["1.2.3"], ["1.2.4"]),
        ("^1.0 || ^3.0", ["1.5.0", "3.1.0"], ["2.0.0"]),
        ("*", ["0.0.1", "9.0.0", "1.0.0-rc.1"], []),
        (">=1.0.0-rc.1", ["1.0.0-rc.1", "1.0.0-rc.2", "1.0.0"], ["1.0.0-beta", "1.1.0-rc.1"]),
    ]) func `a range holds the versions that npm's would`(_ text: String, inside: [String], outside: [String]) throws {
        let range = try #require(VersionRange(text))
        for version in inside { #expect(range.contains(try #require(SemanticVersion(version))), "\(version) in \(text)") }
        for version in outside { #expect(!range.contains(try #require(SemanticVersion(version))), "\(version) not in \(text)") }
    }

    @Test(arguments: ["", " ", "latest", "^", ">= 1.0", "1.2.3.4", "^^1", "1 ||", "1..2", "-1", "**", "1.x", ">=01.0"])
    func `what is no range is refused`(_ text: String) {
        #expect(VersionRange(text) == nil)
    }
}
