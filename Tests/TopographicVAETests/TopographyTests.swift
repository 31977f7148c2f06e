import Datasets
import NeuralNetworks
import Numerics
import Testing
import TopographicVAE

@Suite("Topographies and configurations")
struct TopographyTests {
    @Test("a shifting window is a band along the diagonal of (time, position)")
    func shifting() {
        let taps = Set(Topography.shifting(window: 5, neighbourhood: 3).taps)
        #expect(taps.count == 5 + 2 * 4)
        #expect(taps.contains(TopographicTap(rowShift: 2, columnShift: 1)) && !taps.contains(TopographicTap(rowShift: 2, columnShift: 0)))
        #expect(Topography.shifting(window: 18, neighbourhood: 3).taps.count == 52)
    }

    @Test("an even window starts half its length before the middle")
    func evenWindow() {
        #expect(Topography.shifting(window: 4, neighbourhood: 1).taps.map(\.rowShift) == [-2, -1, 0, 1])
    }

    @Test("time 1 couples positions of one frame only")
    func stationary() {
        #expect(Topography.stationary(time: 1, space: 3).taps.allSatisfy { $0.rowShift == 0 })
        #expect(Topography.stationary(time: 5, space: 3).taps.count == 15)
    }

    static let impossible: [(Topography, String)] = [
        (.shifting(window: 0, neighbourhood: 1), "the shifting window is 0"),
        (.shifting(window: 5, neighbourhood: 1), "the shifting window is 5, expected 1 ... 4"),
        (.shifting(window: 3, neighbourhood: 2), "the neighbourhood is 2, expected an odd number"),
        (.shifting(window: 3, neighbourhood: -1), "the neighbourhood is -1"),
        (.shifting(window: 3, neighbourhood: 7), "the neighbourhood is 7"),
        (.stationary(time: 5, space: 3), "time is 5"),
        (.stationary(time: 1, space: 5), "space is 5"),
        (.torus(side: 3, window: 3), "the torus's side is 3"),
        (.torus(side: .max, window: 3), "the torus's side"),
        (.torus(side: -1, window: 3), "the torus's side"),
    ]

    @Test("windows that do not fit are refused by name", arguments: impossible)
    func refused(topography: Topography, reason: String) {
        do throws(ConfigurationError) {
            try SmallModel.configuration(topography).validate()
            Issue.record("accepted")
        } catch {
            #expect(error.description.contains(reason), "said: \(error)")
        }
    }

    @Test("sizes that make no model, or one that no memory holds, are refused")
    func sizes() {
        func refuses(_ change: (inout ModelConfiguration) -> Void) -> Bool {
            var configuration = SmallModel.configuration()
            change(&configuration)
            return (try? configuration.validate()) == nil
        }
        #expect(!refuses { _ in })
        #expect(refuses { $0.capsules = 0 })
        #expect(refuses { $0.capsules = -3 })
        #expect(refuses { $0.capsules = .max })
        #expect(refuses { $0.capsuleSize = 1 << 20 })
        #expect(refuses { $0.sequenceLength = 0 })
        #expect(refuses { $0.frameShape.height = .max })
        #expect(refuses { $0.frameShape = FrameShape(channels: 1 << 20, height: 1 << 20, width: 1 << 20) })
        #expect(refuses { $0.initialMu = .nan })
    }

    @Test("the identity names everything that makes the model")
    func identity() {
        #expect(
            SmallModel.configuration().identity
                == "topographic-vae frame=2x4x4 sequence=4 capsules=3x4 topography=shifting(window=3,neighbourhood=3) mu=30.0")
        #expect(SmallModel.configuration(.none).identity.hasSuffix("topography=none"))
    }
}
