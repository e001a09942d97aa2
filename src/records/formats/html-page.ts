/**
 * The frame of every report that is written as one HTML page: no script, nothing loaded, light and dark by the reader's
 * system, every text from outside escaped.
 */

const style = `
:root{color-scheme:light dark;--ink:#1c1e21;--soft:#5b616a;--paper:#fff;--line:#d9dce1;--box:#f5f6f8;--fail:#b3261e;--watch:#8a5a00;--pass:#2c6b3f}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--soft:#a4abb5;--paper:#15171a;--line:#34383f;--box:#1e2126;--fail:#ff8a80;--watch:#f0b95b;--pass:#86cf9c}}
body{margin:0 auto;max-width:60rem;padding:2rem 1rem 4rem;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums}
h1{font-size:1.5rem;margin:0 0 .25rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}p{margin:.25rem 0}.soft{color:var(--soft)}
article{border:1px solid var(--line);border-left-width:4px;border-radius:4px;padding:.75rem 1rem;margin:.75rem 0}
article.fail{border-left-color:var(--fail)}article.watch{border-left-color:var(--watch)}
.verdict{font-weight:600}.fail .verdict{color:var(--fail)}.watch .verdict{color:var(--watch)}.pass .verdict{color:var(--pass)}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid var(--line)}
pre{background:var(--box);padding:.5rem .75rem;margin:.25rem 0;white-space:pre-wrap;overflow-wrap:anywhere;font:13px/1.45 ui-monospace,monospace}
svg{width:100%;height:9rem}svg text{font-size:11px;fill:var(--soft)}polyline{fill:none;stroke:currentColor;stroke-width:1.5}
figure{margin:1rem 0}figcaption{color:var(--soft)}`

/**
 * Text made safe for HTML; control and direction characters are shown as escapes.
 *
 * @example escapeHtml('<b>') // '&#60;b&#62;'
 */
export function escapeHtml(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
}

/** A sentence as HTML, with its `code` marks. */
export function sentenceHtml(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>')
}

/**
 * A table of cells that are HTML already.
 *
 * @example htmlTable(['a'], [['1']]) // '<table><thead><tr><th>a</th></tr></thead><tbody>\n<tr><td>1</td></tr>\n</tbody></table>'
 */
export function htmlTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, row: readonly string[]) =>
    row.map((cell) => `<${tag}>${cell}</${tag}>`).join('')
  const body = rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('\n')
  return `<table><thead><tr>${cells('th', head)}</tr></thead><tbody>\n${body}\n</tbody></table>`
}

/**
 * The whole page around a body.
 * @param title as text; it becomes the title and the first heading
 * @param body HTML; what it quotes must have gone through `escapeHtml`
 * @param ownStyle rules beside the shared ones
 */
export function htmlPage(title: string, body: string, ownStyle = ''): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)}</title><style>${style}${ownStyle}</style></head>
<body><main><h1>${escapeHtml(title)}</h1>
${body}</main></body></html>
`
}
