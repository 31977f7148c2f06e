import Foundation
import Numerics

/// `reprise-bench [--rounds N] [--mnist FOLDER] [--arithmetic NAME] [--threads N]`: a TVAE training step on each arithmetic and number of
/// threads, in interleaved rounds, beside what the machine can do in the same minutes. `--steady-state`: a training by itself. `--convolution [--batch N] [--channels N]`: a
/// convolutional VAE's step instead. `--store FOLDER [--objects N]`: publishing and looking up in a store of so many objects.
@main
enum Main {
    static func main() {
        var options = Options()
        do {
            options = try Options(Array(CommandLine.arguments.dropFirst()))
        } catch {
            FileHandle.standardError.write(Data("reprise-bench: \(error)\n".utf8))
            exit(2)
        }
        restartWithKernelsForThisProcessor()
        do {
            if let folder = options.store { return try StoreBenchmark(folder: folder, objects: options.objects).run() }
            if options.steadyState { exit(try SteadyState(options: options).run() ? 0 : 1) }
            if options.convolution { return ConvolutionBenchmark(options: options).run() }
            try StepBenchmark(options).run()
        } catch {
            FileHandle.standardError.write(Data("reprise-bench: \(error)\n".utf8))
            exit(3)
        }
    }

    /// OpenBLAS chooses its kernels before `main`, by variables that only a new start can set.
    private static func restartWithKernelsForThisProcessor() {
        let present = ProcessInfo.processInfo.environment
        let missing = OpenBLASArithmetic.recommendedEnvironment().filter { present[$0.key] == nil }
        guard !missing.isEmpty else { return }
        for (name, value) in missing { setenv(name, value, 1) }
        var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
        execv("/proc/self/exe", &arguments)
    }
}
