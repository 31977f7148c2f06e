import Integrity
import TopographicVAE

/// How a row's latents are organised, trained beside untrained, for programs and for the report.
struct OrganisationComparison {
    var row: String
    var trained: TopographicOrganisation
    var untrained: TopographicOrganisation

    /// Moran's I expected of positions in random order.
    private var chance: Double { -1 / Double(trained.side * trained.side - 1) }

    var grid: String { "torus of \(trained.side) by \(trained.side)" }

    var json: JSONValue {
        [
            "trained": ["organisation": metrics(trained)], "untrained": ["organisation": metrics(untrained)],
            "chance": ["moran_i": .number(chance)], "images": .number(Double(trained.images)),
            "permutations": .number(Double(trained.permutations)), "side": .number(Double(trained.side)),
        ]
    }

    private func metrics(_ organisation: TopographicOrganisation) -> JSONValue {
        func metrics(_ smoothness: TopographicOrganisation.Smoothness) -> JSONValue {
            [
                "moran_i": JSONValue(optional: smoothness.moranI), "p_value": JSONValue(optional: smoothness.pValue),
                "strength": JSONValue(optional: smoothness.strength),
                "by_distance": .array(smoothness.byDistance.map { JSONValue(optional: $0) }),
            ]
        }
        let map = organisation.classMap
        return [
            "class": metrics(organisation.classes), "width": metrics(organisation.width), "slant": metrics(organisation.slant),
            "map": [
                "selective_fraction": .number(map.selectiveFraction), "classes": .number(Double(map.classes)),
                "same_class_pairs": .number(map.sameClassPairs), "expected_same_class_pairs": .number(map.expectedSameClassPairs),
                "p_value": .number(map.pValue),
            ],
        ]
    }

    var table: JSONValue {
        var rows: [ComparisonRow] = []
        func add(
            _ name: String, unit: String = "1", chance: Double? = nil, _ explanation: String, _ value: (TopographicOrganisation) -> Double?
        ) {
            rows.append(
                ComparisonRow(
                    name: name, unit: unit, trained: value(trained), untrained: value(untrained), chance: chance, explanation: explanation))
        }
        add("Selective latents", unit: "share", "latents whose d′ for some class is at least \(ClassSelectivity.threshold)") {
            $0.classMap.selectiveFraction
        }
        add("Classes with a latent", unit: "classes", "that some latent is selective for") { Double($0.classMap.classes) }
        add("Neighbours of one class", unit: "share of pairs", "pairs of neighbours that are selective for the same class") {
            $0.classMap.sameClassPairs
        }
        add("… in random order", unit: "share of pairs", "the same latents, positions permuted") { $0.classMap.expectedSameClassPairs }
        add("… p", "that random order has as many") { $0.classMap.pValue }
        for (name, path, strength) in [
            ("class", \TopographicOrganisation.classes, "mean over latents of the largest d′"),
            ("stroke width", \.width, "mean size of latents' correlation with it, within classes"),
            ("slant", \.slant, "mean size of latents' correlation with it, within classes"),
        ] {
            add("Strength, \(name)", "\(strength)") { $0[keyPath: path].strength }
            add(
                "Moran's I, \(name)", chance: chance, "how alike the 8 neighbours respond; structural where neighbours share their variance"
            ) {
                $0[keyPath: path].moranI
            }
            add("… p", "that random order is as smooth") { $0[keyPath: path].pValue }
        }
        return [
            "title": .string("\(row), organisation of its latents"), "rows": .array(rows.map(\.json)),
            "note": .string(
                "Statistics of ours for what the paper's figure 3 shows, over \(trained.images) test images on the \(grid); p-values against \(trained.permutations) permutations of positions. The window smooths any map, learned or not: what training adds is what exceeds the untrained column."
            ),
        ]
    }

    /// Smoothness over distance: a window's reach is structure.
    var chart: JSONValue {
        func series(_ name: String, _ smoothness: TopographicOrganisation.Smoothness) -> JSONValue {
            [
                "name": .string(name),
                "points": .array(
                    smoothness.byDistance.enumerated().compactMap { index, value in
                        value.map { .array([.number(Double(index + 1)), .number($0)]) }
                    }),
            ]
        }
        return [
            "id": "organisation-by-distance", "title": "How alike latents respond, by their distance",
            "summary":
                "Moran's I of the latents' class selectivity over the distance of two positions on the torus, trained and untrained; near 0 is random order",
            "x_label": "distance, positions", "y_label": "Moran's I of class selectivity", "x_scale": "linear", "y_scale": "linear",
            "series": [series("\(row), trained", trained.classes), series("\(row), untrained", untrained.classes)],
        ]
    }
}
