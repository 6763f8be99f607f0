// SPDX-License-Identifier: Apache-2.0

/// How a report's page looks on a screen and on paper.
enum HTMLStyle {
  static let text = """
    :root { color-scheme: light; }
    body { margin: 0; font: 16px/1.5 system-ui, "Noto Sans", "DejaVu Sans", sans-serif; color: #222; background: #fff; }
    main { max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
    h1, h2, h3 { line-height: 1.25; margin: 2rem 0 0.75rem; }
    h1 { margin-top: 0; }
    h2 { border-bottom: 1px solid #ccc; padding-bottom: 0.25rem; }
    a { color: #0b57a4; }
    blockquote { margin: 1rem 0; padding: 0.1rem 1rem; border-left: 4px solid #888; color: #333; }
    .table { overflow-x: auto; margin: 1rem 0; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
    th, td { border: 1px solid #bbb; padding: 0.25rem 0.6rem; text-align: left; vertical-align: top; }
    th { background: #f0f0f0; }
    .number { text-align: right; }
    code { font: 0.9em ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
    pre { background: #f5f5f5; padding: 0.75rem; overflow-x: auto; }
    pre code { overflow-wrap: normal; }
    figure { margin: 1rem 0; }
    img { max-width: 100%; height: auto; }
    summary { cursor: pointer; }
    nav ul { list-style: none; margin: 1rem 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; }
    .paper { display: none; }
    @media print {
      @page { margin: 12mm 12mm 16mm; @bottom-center { content: counter(page) " / " counter(pages); font: 8pt sans-serif; color: #555; } }
      main { max-width: none; padding: 0; }
      body { font-size: 8.5pt; line-height: 1.35; }
      nav { display: none; }
      a { color: inherit; text-decoration: none; }
      h1 { font-size: 15pt; }
      h2 { font-size: 12pt; }
      h3 { font-size: 10pt; }
      h1, h2, h3 { margin: 0.9rem 0 0.4rem; break-after: avoid; }
      p, blockquote, pre, .table, figure { margin: 0.4rem 0; }
      p { orphans: 3; widows: 3; }
      figure, tr { break-inside: avoid; }
      img { max-width: 75%; max-height: 140mm; }
      th, td { padding: 0.05rem 0.35rem; }
      table { font-size: 7.5pt; }
      thead { display: table-header-group; }
      .table { overflow: visible; }
      pre { white-space: pre-wrap; font-size: 7.5pt; padding: 0.4rem; }
      details:not(.long)::details-content { display: block; content-visibility: visible; block-size: auto; }
      details.long:not([open]) .paper { display: inline; font-weight: normal; }
      summary { list-style: none; font-weight: bold; break-after: avoid; }
    }
    """
}
