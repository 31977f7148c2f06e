/// Memory that an arithmetic may want for a convolution: made by the first step that needs it, kept for those that follow.
public final class ConvolutionScratch {
    private var memory: Matrix?

    public init() {}

    /// A place for that many floats; what an earlier call left there may be gone.
    func place(for count: Int) -> UnsafeMutablePointer<Float> {
        if let memory, memory.count >= count { return memory.pointer }
        let larger = Matrix(rows: 1, columns: count)
        memory = larger
        return larger.pointer
    }
}
