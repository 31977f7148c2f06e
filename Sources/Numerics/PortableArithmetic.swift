import CKernels

/// Products whose bits are the same on every processor: each element is one chain of single-precision fused multiply-adds over the inner
/// index in increasing order, from +0, then + 0 (docs/arithmetic.md). Threads, vector width and blocking do not enter the result.
///
/// Runs of zeros (a picture's background) are skipped where that leaves every chain as it is. Weight updates are applied as soon as an
/// element's gradient is complete; the gradient is never stored.
public struct PortableArithmetic: Arithmetic {
    public let name = "portable"
    public let elementwise: Elementwise
    let workspace: ProductWorkspace
    /// A constant table of functions.
    nonisolated(unsafe) let kernels: OpaquePointer

    /// Counts the changes of the definition that change bits; part of a run's record.
    public static let revision = 1

    /// - Parameter instructionSet: the strongest to use; weaker where this processor lacks it.
    public init(pool: ThreadPool, instructionSet: InstructionSet = .selected) {
        elementwise = Elementwise(pool: pool, instructionSet: instructionSet)
        workspace = ProductWorkspace()
        guard let kernels = product_kernels_for(instructionSet.kernel) else { preconditionFailure("no product kernels") }
        self.kernels = kernels
    }

    public var version: String { "revision \(PortableArithmetic.revision), \(String(cString: product_kernels_name(kernels))) kernels" }

    public func forward(input: Matrix, weight: Matrix, bias: Matrix, activation: Activation, output: Matrix) {
        DenseShape.check(examples: output, input, weight: weight)
        let span = DenseShape.span(outputs: output.columns, bias: bias)
        check(
            product_forward(
                kernels, elementwise.kernels, elementwise.pool.pool, workspace.workspace, input.pointer, weight.pointer, bias.pointer, span,
                activation.kernel, output.pointer, input.rows, input.columns, output.columns))
    }

    public func inputGradient(outputGradient: Matrix, weight: Matrix, rectifierOutput: Matrix?, inputGradient: Matrix) {
        DenseShape.check(examples: outputGradient, inputGradient, weight: weight)
        DenseShape.check(rectifierOutput: rectifierOutput, inputGradient)
        check(
            product_input_gradient(
                kernels, elementwise.pool.pool, outputGradient.pointer, weight.pointer, rectifierOutput?.pointer,
                inputGradient.pointer, inputGradient.rows, inputGradient.columns, outputGradient.columns))
    }

    public func weightGradient(outputGradient: Matrix, input: Matrix, weightGradient: Matrix, biasGradient: Matrix) {
        DenseShape.check(examples: outputGradient, input, weight: weightGradient)
        check(
            product_weight_gradient(
                kernels, elementwise.pool.pool, workspace.workspace, outputGradient.pointer, input.pointer, weightGradient.pointer, nil,
                input.rows, input.columns, outputGradient.columns))
        elementwise.columnSums(outputGradient, into: biasGradient)
    }

    public func updateWeight(
        outputGradient: Matrix, input: Matrix, weightGradient: @autoclosure () -> Matrix, biasGradient: Matrix, update: ParameterUpdate
    ) {
        DenseShape.check(examples: outputGradient, input, weight: update.value)
        var kernel = update.kernel
        check(
            product_weight_gradient(
                kernels, elementwise.pool.pool, workspace.workspace, outputGradient.pointer, input.pointer, nil, &kernel, input.rows,
                input.columns, outputGradient.columns))
        elementwise.columnSums(outputGradient, into: biasGradient)
    }

    func check(_ result: Int32) { precondition(result == 0, "no memory for a product's scratch") }
}

/// Scratch that products share; made once, so that training allocates nothing after its first step.
final class ProductWorkspace: Sendable {
    /// Guarded by a lock of its own: products that share it take turns.
    nonisolated(unsafe) let workspace: OpaquePointer

    init() {
        guard let workspace = product_workspace_create() else { preconditionFailure("no memory for a workspace") }
        self.workspace = workspace
    }

    deinit { product_workspace_destroy(workspace) }
}
