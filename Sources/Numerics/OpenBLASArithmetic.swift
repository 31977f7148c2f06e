import CKernels
import COpenBLAS

/// Products by OpenBLAS, which computes each of our tasks on one thread; the tasks run on our own pool.
///
/// A product is cut along its longer output dimension into blocks that depend on its shape alone, and the inner index is never
/// cut: so the number of threads does not change the result. Another OpenBLAS version or processor may: its kernels choose
/// their own order of summation.
public struct OpenBLASArithmetic: Arithmetic {
    public let name = "openblas"
    public let elementwise: Elementwise
    var pool: ThreadPool { elementwise.pool }

    public init(pool: ThreadPool) {
        openblas_set_num_threads(1)
        elementwise = Elementwise(pool: pool)
    }

    public var version: String {
        "\(OpenBLASArithmetic.library), \(OpenBLASArithmetic.core) kernels, single-threaded"
    }

    /// Variables that a process must START with to get kernels that fit this processor. Debian's 0.3.21 does not know
    /// processors younger than itself (Zen 4, for one) and falls back to kernels of 2006; it looks before `main`, so a
    /// process cannot help itself.
    public static func recommendedEnvironment() -> [String: String] {
        var environment = ["OPENBLAS_NUM_THREADS": "1"]
        switch InstructionSet.best {
        case .avx512: environment["OPENBLAS_CORETYPE"] = "SkylakeX"
        case .avx2: environment["OPENBLAS_CORETYPE"] = "Haswell"
        case .baseline, .neon: break
        }
        return environment
    }

    public func forward(input: Matrix, weight: Matrix, bias: Matrix, activation: Activation, output: Matrix) {
        DenseShape.check(examples: output, input, weight: weight)
        let span = DenseShape.span(outputs: output.columns, bias: bias)
        let inner = input.columns
        inBlocks(rows: output.rows, columns: output.columns) { rows, columns in
            let block = output.pointer + rows.lowerBound * output.columns + columns.lowerBound
            product(
                CblasNoTrans, input.pointer + rows.lowerBound * inner, inner, CblasTrans, weight.pointer + columns.lowerBound * inner,
                inner,
                block, output.columns, rows.count, columns.count, inner)
            elementwise.biasActivation(
                block, rows: rows.count, columns: columns.count, stride: output.columns, bias: bias, firstColumn: columns.lowerBound,
                span: span,
                activation: activation)
        }
    }

    public func inputGradient(outputGradient: Matrix, weight: Matrix, rectifierOutput: Matrix?, inputGradient: Matrix) {
        DenseShape.check(examples: outputGradient, inputGradient, weight: weight)
        let inner = weight.rows
        let width = weight.columns
        DenseShape.check(rectifierOutput: rectifierOutput, inputGradient)
        inBlocks(rows: inputGradient.rows, columns: width) { rows, columns in
            let place = rows.lowerBound * width + columns.lowerBound
            product(
                CblasNoTrans, outputGradient.pointer + rows.lowerBound * inner, inner, CblasNoTrans, weight.pointer + columns.lowerBound,
                width,
                inputGradient.pointer + place, width, rows.count, columns.count, inner)
            guard let rectifierOutput else { return }
            elementwise.rectifierMask(
                inputGradient.pointer + place, gradientStride: width, output: rectifierOutput.pointer + place, outputStride: width,
                rows: rows.count, columns: columns.count)
        }
    }

    public func weightGradient(outputGradient: Matrix, input: Matrix, weightGradient: Matrix, biasGradient: Matrix) {
        DenseShape.check(examples: outputGradient, input, weight: weightGradient)
        let inner = input.rows
        let width = weightGradient.columns
        inBlocks(rows: weightGradient.rows, columns: width) { rows, columns in
            product(
                CblasTrans, outputGradient.pointer + rows.lowerBound, outputGradient.columns, CblasNoTrans,
                input.pointer + columns.lowerBound,
                input.columns, weightGradient.pointer + rows.lowerBound * width + columns.lowerBound, width, rows.count, columns.count,
                inner)
        }
        elementwise.columnSums(outputGradient, into: biasGradient)
    }

    /// Cuts the longer dimension into blocks of about 256, an even number of them where there are several, with bounds at multiples of 16.
    func inBlocks(rows: Int, columns: Int, _ body: (Range<Int>, Range<Int>) -> Void) {
        let longer = max(rows, columns)
        let blocks = longer < 128 ? 1 : 2 * max(1, (longer + 512) / 1024)
        let units = (longer + 15) / 16
        pool.run(tasks: blocks) { block in
            let range = min(16 * (units * block / blocks), longer)..<min(16 * (units * (block + 1) / blocks), longer)
            guard !range.isEmpty else { return }
            if rows > columns { body(range, 0..<columns) } else { body(0..<rows, range) }
        }
    }

    func product(
        _ transposeA: CBLAS_TRANSPOSE, _ a: UnsafePointer<Float>, _ strideA: Int, _ transposeB: CBLAS_TRANSPOSE, _ b: UnsafePointer<Float>,
        _ strideB: Int, _ c: UnsafeMutablePointer<Float>, _ strideC: Int, _ rows: Int, _ columns: Int, _ inner: Int,
        adding: Bool = false
    ) {
        guard rows > 0, columns > 0 else { return }
        cblas_sgemm(
            CblasRowMajor, transposeA, transposeB, Int32(rows), Int32(columns), Int32(inner), 1, a, Int32(strideA), b, Int32(strideB),
            adding ? 1 : 0, c, Int32(strideC))
    }
}
