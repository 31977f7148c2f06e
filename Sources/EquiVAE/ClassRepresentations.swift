import NeuralNetworks
import Numerics

/// The invariant representations that a training step uses, from f of its K · (m + 1) labelled images.
///
/// Row i < K · (m + 1) is r of labelled image i: the mean of f over the m OTHER images of its class (Feige 2019: "r_y = (1/m) Σ f(x_i)", x
/// itself left out). Row K · (m + 1) + y is r of class y for images outside the class's draw: the mean over its first m.
struct ClassRepresentations {
    let classes: Int
    /// m
    let count: Int

    var labelledRows: Int { classes * (count + 1) }
    var rows: Int { labelledRows + classes }

    /// Fills r [rows, R] from f of the labelled images, the first K · (m + 1) rows of `terms`. Sums run over a class's images in order, in double, rounded once.
    func forward(_ terms: Matrix, into representations: Matrix) {
        precondition(terms.rows >= labelledRows && representations.rows == rows && terms.columns == representations.columns)
        let size = terms.columns
        for number in 0..<classes {
            let first = number * (count + 1)
            for column in 0..<size {
                for left in 0...count {
                    var sum = 0.0
                    for image in 0...count where image != left { sum += Double(terms.pointer[(first + image) * size + column]) }
                    let mean = Float(sum / Double(count))
                    representations.pointer[(first + left) * size + column] = mean
                    // Leaving out the last is the mean over the first m.
                    if left == count { representations.pointer[(labelledRows + number) * size + column] = mean }
                }
            }
        }
    }

    /// The gradient by f of the labelled images from the gradient by r.
    func backward(_ gradient: Matrix, into termsGradient: Matrix) {
        let size = gradient.columns
        for number in 0..<classes {
            let first = number * (count + 1)
            for column in 0..<size {
                let shared = Double(gradient.pointer[(labelledRows + number) * size + column])
                for image in 0...count {
                    var sum = image < count ? shared : 0
                    for left in 0...count where left != image { sum += Double(gradient.pointer[(first + left) * size + column]) }
                    termsGradient.pointer[(first + image) * size + column] = Float(sum / Double(count))
                }
            }
        }
    }
}
