/// What the site's pages add to the sheet that they share with reports.
enum SiteStyle {
    static let sheet = """
        .trail { margin: 0 0 .8rem; font-size: .9rem; }
        .benchmarks { list-style: none; padding: 0; margin: 1rem 0; display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)); }
        .benchmarks > li { border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; overflow-wrap: anywhere; }
        .benchmarks h3 { margin: 0 0 .3rem; font-size: 1.05rem; }
        .benchmarks p { margin: .3rem 0; }
        .filters { display: flex; flex-wrap: wrap; gap: .6rem 1rem; align-items: end; padding: .7rem .9rem; background: var(--panel);
          border: 1px solid var(--line); border-radius: 8px; margin: 1rem 0; }
        .filters[hidden] { display: none; }
        .filters label { display: grid; gap: .15rem; font-size: .85rem; color: var(--quiet); min-width: 0; }
        .filters select, .filters button { font: inherit; color: var(--ink); background: var(--page); border: 1px solid var(--line); border-radius: 6px;
          padding: .3rem .5rem; max-width: 16rem; }
        .filters output { font-size: .9rem; flex-basis: 100%; }
        .away, .board .none { display: none; }
        .board.emptied .none { display: block; }
        .board { margin: 1.6rem 0 2.2rem; }
        .board > h3, h1, h2 { overflow-wrap: anywhere; }
        .board > p { max-width: 60rem; }
        .board .paper-number { font-weight: 600; }
        .contents { columns: 18rem; padding-left: 1.2rem; font-size: .9rem; margin: .5rem 0 1.5rem; }
        .contents li { break-inside: avoid; overflow-wrap: anywhere; }
        .strip { max-width: 32rem; margin: .6rem 0; }
        .strip svg { display: block; width: 100%; height: auto; }
        .strip text { font: 11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--quiet); font-variant-numeric: tabular-nums; }
        .strip .axis { stroke: var(--line); stroke-width: 1; }
        .strip .paper { stroke: var(--series-2); stroke-width: 1.6; }
        .strip .band { fill: var(--series-2); opacity: .16; }
        .strip text.paper { fill: var(--series-2); stroke: none; font-weight: 600; }
        .strip .chance { stroke: var(--quiet); stroke-width: 1.2; stroke-dasharray: 2 3; }
        .strip .spread { stroke: var(--series-1); stroke-width: 1.6; }
        .strip .dot { fill: var(--series-1); }
        .strip .dot.reduced { fill: var(--page); stroke: var(--series-1); stroke-width: 1.6; }
        .strip .control { fill: none; stroke: var(--quiet); stroke-width: 1.4; }
        .standings { font-size: .88rem; }
        .standings td, .standings th { white-space: nowrap; padding: .5rem; }
        .standings td:first-child { color: var(--quiet); padding-left: 0; }
        .standings .why { white-space: nowrap; }
        .standings th[scope=row] { white-space: normal; min-width: 10rem; overflow-wrap: anywhere; }
        .checks td, .checks th { overflow-wrap: anywhere; }
        .checks th[scope=row] { width: 55%; }
        .overall { overflow-wrap: anywhere; }
        .refusal { border: 1px solid var(--line); border-left: 5px solid var(--bad); border-radius: 0 8px 8px 0; padding: .6rem 1rem; margin: 1rem 0; overflow-wrap: anywhere; }
        .refusal h2 { border: 0; margin: 0 0 .3rem; padding: 0; font-size: 1.05rem; }
        .refusal dl > div { grid-template-columns: minmax(9rem, 14rem) 1fr; }
        ul.plain { padding-left: 1.2rem; }
        ul.plain li { margin: .2rem 0; overflow-wrap: anywhere; }
        @media (max-width: 52rem) { .refusal dl > div { grid-template-columns: 1fr; } .checks th[scope=row] { width: auto; } .checks { font-size: .88rem; } .scrolling table.checks { min-width: 0; } }
        @media print { .filters { display: none; } }
        """
}
