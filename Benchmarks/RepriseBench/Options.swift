/// What the command line says.
struct Options {
    var rounds = 15
    var mnist: String?
    var arithmetics = ["portable", "openblas"]
    var threads = [1, 2]
    var steadyState = false
    var convolution = false
    var batch = 64
    var channels = 32
    var store: String?
    var objects = 1_000_000

    init() {}

    init(_ arguments: [String]) throws(UsageError) {
        var rest = arguments[...]
        while let option = rest.popFirst() {
            if option == "--steady-state" {
                steadyState = true
                continue
            }
            if option == "--convolution" {
                convolution = true
                continue
            }
            guard let value = rest.popFirst() else { throw UsageError(reason: "\(option) lacks its value, or is unknown") }
            switch option {
            case "--rounds":
                guard let number = Int(value), (1...10_000).contains(number) else {
                    throw UsageError(reason: "--rounds \(value): a number from 1 to 10000")
                }
                rounds = number
            case "--mnist": mnist = value
            case "--arithmetic":
                guard arithmetics.contains(value) else { throw UsageError(reason: "--arithmetic \(value): portable or openblas") }
                arithmetics = [value]
            case "--threads":
                guard let number = Int(value), (1...1024).contains(number) else {
                    throw UsageError(reason: "--threads \(value): a number from 1 to 1024")
                }
                threads = [number]
            case "--batch":
                guard let number = Int(value), (1...10_000).contains(number) else {
                    throw UsageError(reason: "--batch \(value): a number from 1 to 10000")
                }
                batch = number
            case "--channels":
                guard let number = Int(value), (1...256).contains(number) else {
                    throw UsageError(reason: "--channels \(value): a number from 1 to 256")
                }
                channels = number
            case "--store": store = value
            case "--objects":
                guard let number = Int(value), (0...100_000_000).contains(number) else {
                    throw UsageError(reason: "--objects \(value): a number from 0 to 100000000")
                }
                objects = number
            default:
                throw UsageError(
                    reason:
                        "unknown option \(option); known: --rounds, --mnist, --arithmetic, --threads, --steady-state, --convolution, --batch, --channels, --store, --objects"
                )
            }
        }
    }
}

struct UsageError: Error, CustomStringConvertible {
    var reason: String
    var description: String { reason }
}
