import Artifacts

/// Why a PDF's text cannot be had.
public enum PDFTextError: ClassifiedError, Hashable {
    case noPDF(String)
    case noProgram
    case notStarted(String, reason: String)
    /// pdftotext gave up: how it ended.
    case refused(String, how: String)
    case tooSlow(String, seconds: Double)
    case tooMuchText(String, limit: Int)
    case noText(String)
    case otherPaper(String, title: String)

    public var description: String {
        switch self {
        case .noPDF(let path): "\(path) is no PDF file: it does not begin with %PDF-"
        case .noProgram:
            "there is no pdftotext on the PATH, which reads a PDF's text; install poppler (on Debian: apt-get install poppler-utils)"
        case .notStarted(let program, let reason): "cannot start \(program): \(reason)"
        case .refused(let path, let how):
            "\(path): pdftotext could not read it (\(how)); is it a whole PDF file, without a password?"
        case .tooSlow(let path, let seconds): "\(path): pdftotext was stopped after \(seconds) seconds; a paper takes less than one"
        case .tooMuchText(let path, let limit): "\(path) holds more than \(limit) bytes of text; no paper does"
        case .noText(let path): "\(path) holds no text, only pictures of it perhaps; take the publisher's PDF"
        case .otherPaper(let path, let title):
            "\(path): its first three pages do not hold the title “\(title)”; give the PDF of this very paper"
        }
    }

    public var exitClass: ExitClass {
        switch self {
        case .noProgram, .notStarted: .environment
        case .noPDF, .refused, .tooSlow, .tooMuchText, .noText, .otherPaper: .badInput
        }
    }
}
