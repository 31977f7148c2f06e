/// The report's style sheet: system fonts, light and dark, a narrow layout for phones, and one for paper.
enum HTMLStyle {
    static let sheet = """
        :root {
          color-scheme: light dark;
          --page: #ffffff; --ink: #1c2128; --quiet: #57606a; --line: #d5dae0; --panel: #f5f7f9;
          --good: #176d33; --good-back: #e3f5e8; --bad: #b3261e; --bad-back: #fdeceb; --partly: #7a4f00; --partly-back: #fff4d6;
          --series-1: #0b62d6; --series-2: #c4451c; --series-3: #1a7f37; --series-4: #8250df; --series-5: #9a6700; --series-6: #bf3989;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #12161c; --ink: #e6eaef; --quiet: #9aa5b1; --line: #343c46; --panel: #1a2028;
            --good: #6fd08c; --good-back: #16301f; --bad: #ff938a; --bad-back: #3a1a18; --partly: #f0c35a; --partly-back: #33290f;
            --series-1: #6cabff; --series-2: #ff9068; --series-3: #5fce7d; --series-4: #c09bff; --series-5: #e3b341; --series-6: #ff86c3;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
        main { max-width: 74rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; overflow-wrap: break-word; }
        h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .4rem; }
        h2 { font-size: 1.25rem; margin: 2.6rem 0 .8rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
        h3 { font-size: 1rem; margin: 1.6rem 0 .5rem; }
        p { margin: .5rem 0; }
        a { color: var(--series-1); }
        code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .85em; overflow-wrap: anywhere; }
        pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .7rem .9rem; overflow-x: auto;
          white-space: pre-wrap; margin: .3rem 0 1rem; }
        .facts { display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; }
        .facts > span { overflow-wrap: anywhere; }
        .source, .note, .why, .words, figcaption { color: var(--quiet); font-size: .85rem; font-weight: 400; }
        .why { display: block; margin-top: .25rem; }
        .overall { border-left: 5px solid var(--series-1); background: var(--panel); padding: .6rem 1rem; border-radius: 0 6px 6px 0; margin: 1rem 0; }
        .overall p { margin: .15rem 0; }
        .overall.bad { border-left-color: var(--bad); background: var(--bad-back); }
        nav { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; }
        table { border-collapse: collapse; width: 100%; font-size: .93rem; }
        th, td { text-align: left; vertical-align: top; padding: .55rem .7rem; border-bottom: 1px solid var(--line); font-weight: 400; }
        thead th { font-weight: 600; font-size: .82rem; color: var(--quiet); vertical-align: bottom; }
        th:first-child { padding-left: 0; }
        th:last-child, td:last-child { padding-right: 0; }
        .number { text-align: right; font-variant-numeric: tabular-nums; }
        .claims th[scope=row] { width: 36%; }
        .claims td[data-label=Verdict] { width: 26%; }
        .mark { display: inline-block; border: 1px solid var(--line); border-radius: 4px; padding: 0 .35em; font-size: .75rem; color: var(--quiet);
          background: var(--panel); white-space: nowrap; }
        .verdict { display: inline-block; border-radius: 4px; padding: .1em .5em; font-weight: 600; background: var(--panel); }
        .verdict.good { color: var(--good); background: var(--good-back); }
        .verdict.bad { color: var(--bad); background: var(--bad-back); }
        .verdict.partly { color: var(--partly); background: var(--partly-back); }
        .check { display: block; margin-top: .25rem; font-size: .85rem; color: var(--good); }
        .check.failed { color: var(--bad); font-weight: 600; }
        .paper caption { text-align: left; font-weight: 600; padding: .3rem 0 .6rem; }
        .paper caption .source { display: block; }
        .paper thead th[scope=colgroup] { text-align: center; }
        .paper td { white-space: nowrap; }
        .paper td .why, .paper td .check { white-space: nowrap; }
        .paper .verdict { font-weight: 400; }
        details > summary { cursor: pointer; margin: .8rem 0; }
        .others { padding-left: 1.2rem; font-size: .9rem; }
        .others li { margin: .25rem 0; }
        .scrolling { overflow-x: auto; }
        .scrolling table { min-width: 30rem; }
        .scrolling .number { white-space: nowrap; }
        .scrolling table.measures { min-width: 0; max-width: 50rem; }
        .outputs code { white-space: nowrap; }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.5rem 2rem; }
        .charts figure { max-width: 40rem; }
        figure { margin: 0 0 1.5rem; }
        figure svg { display: block; width: 100%; height: auto; }
        figcaption { margin-top: .4rem; max-width: 60rem; }
        .grid { display: flex; gap: .7rem; align-items: stretch; overflow-x: auto; }
        .grid img { display: block; max-width: 100%; min-width: min(30rem, var(--natural)); height: auto; flex: 0 1 auto; align-self: flex-start; image-rendering: pixelated;
          border: 1px solid var(--line); }
        .labels { list-style: none; margin: 0; padding: 0; display: grid; grid-auto-rows: 1fr; font-size: .8rem; line-height: 1.15; flex: 0 0 auto;
          max-width: 9.5rem; position: sticky; left: 0; background: var(--page); }
        .labels li { display: flex; align-items: center; justify-content: flex-end; text-align: right; }
        dl { margin: 0; }
        dl > div { display: grid; grid-template-columns: 13rem 1fr; gap: .2rem 1rem; padding: .35rem 0; border-bottom: 1px solid var(--line); }
        dt { color: var(--quiet); }
        dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
        @media (max-width: 52rem) {
          main { padding-top: 1rem; }
          h1 { font-size: 1.4rem; }
          .claims, .claims tbody, .claims tr, .claims th[scope=row], .claims td { display: block; width: auto; }
          .claims td[data-label=Verdict] { width: auto; }
          .claims thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
          .claims tr { border: 1px solid var(--line); border-radius: 8px; padding: .7rem .9rem; margin-bottom: .9rem; }
          .claims th, .claims td { border: 0; padding: .2rem 0; }
          .claims th[scope=row] { padding-bottom: .5rem; }
          .claims td.number { display: flex; justify-content: space-between; gap: 1rem; }
          .claims td::before { content: attr(data-label); color: var(--quiet); font-size: .85rem; text-align: left; flex: 0 0 auto; }
          .claims td[data-label=Verdict]::before { content: none; }
          .claims td[data-label=Verdict] { border-top: 1px solid var(--line); margin-top: .4rem; padding-top: .5rem; }
          .labels { max-width: 5.2rem; font-size: .68rem; line-height: 1; }
          .grid { gap: .4rem; }
          table.measures { font-size: .85rem; }
          table.measures th, table.measures td { padding: .5rem .35rem; }
          dl > div { grid-template-columns: 1fr; gap: 0; }
        }
        @media print {
          :root { --page: #fff; --ink: #000; --quiet: #444; --line: #bbb; --panel: #f4f4f4; }
          body { font-size: 10.5pt; }
          main { max-width: none; padding: 0; }
          nav { display: none; }
          h2, h3 { break-after: avoid; }
          tr, figure, .overall, dl > div { break-inside: avoid; }
          .scrolling, .grid { overflow: visible; }
          .outputs code { white-space: normal; }
        }
        """
}
