import Artifacts
import Testing

@Suite("Where a file came from, as a record may say it")
struct PublicSourceTests {
    @Test(
        "a record names neither a machine's folders nor what a URL keeps secret",
        arguments: [
            ("http://user:s3cret@mirror.example:8080/mnist/a.gz?token=abc#part", "http://mirror.example:8080/mnist/a.gz"),
            ("https://mirror.example/a@b.gz", "https://mirror.example/a@b.gz"),
            ("/home/someone/data/mnist/a.gz", "a folder of this machine"),
        ])
    func publicName(source: String, shown: String) {
        let failure = MirrorFailure(source: source, reason: .notFound)
        #expect(failure.publicDescription == "\(shown): has no such file")
        #expect(failure.description.hasPrefix(source), "the terminal tells its user everything")
    }
}
