/**
 * Writes docs/methods.md from the registry: a table per kind, and a section per method.
 * `node scripts/make-docs.ts` writes it; `--check` fails when the file on disk is not what would be written.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { described } from '../src/cli/commands/methods.ts'
import { registry } from '../src/reward/registry.ts'

const target = join(import.meta.dirname, '../docs/methods.md')
const titles = {
  signal: 'Signals',
  shaping: 'Shaping',
  combiner: 'Combining',
  advantage: 'Advantages',
} as const

const cell = (text: string): string =>
  text
    .replace(/\|/g, '\\|')
    .replace(/</g, '&lt;')
    .replace(/\s*\n\s*/g, ' ')
const code = (text: string): string => (text.includes('`') ? `\`\` ${text} \`\`` : `\`${text}\``)
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

const lines: string[] = [
  '# Methods',
  '',
  'Written by `npm run generate` from the methods themselves; `guerdon methods show NAME` shows the same.',
]
for (const [kind, title] of Object.entries(titles)) {
  const methods = registry.methods
    .filter((method) => method.kind === kind)
    .map(described)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  lines.push('', `## ${title}`, '')
  lines.push(
    table(
      ['name', 'what it is', 'range'],
      methods.map(({ name, summary, range }) => [`[${name}](#${name})`, cell(summary), cell(range)]),
    ),
  )
  for (const { name, summary, formula, range, paper, aliases, parameters, required, examples } of methods) {
    lines.push('', `### ${name}`, '', cell(summary), '')
    if (formula !== null) lines.push(`- Formula: ${code(formula.replace(/\s*\n\s*/g, ' '))}`)
    lines.push(`- Range: ${cell(range)}`)
    if (paper)
      lines.push(
        `- Source: ${cell(paper.title)}${paper.source === undefined ? '' : `; ${cell(paper.source)}`}`,
      )
    if (aliases.length > 0) lines.push(`- Also called: ${cell(aliases.join(', '))}`)
    const rows = Object.entries(parameters).map(
      ([parameter, { type, enum: choices, default: value, description }]) => [
        code(parameter),
        cell(choices?.map(String).join(', ') ?? String(type ?? 'see the description')),
        required.includes(parameter) ? 'required' : value === undefined ? '' : code(JSON.stringify(value)),
        cell(description ?? ''),
      ],
    )
    lines.push(
      '',
      rows.length === 0 ? 'It has no parameters.' : table(['parameter', 'type', 'default', 'meaning'], rows),
    )
    for (const { title: about, parameters: given = {}, input, result } of examples) {
      lines.push('', `Example: ${cell(about)}`, '', '```text')
      lines.push(`use  ${JSON.stringify({ use: name, ...given })}`, `in   ${JSON.stringify(input)}`)
      lines.push(`out  ${JSON.stringify(result)}`, '```')
    }
  }
}
lines.push('', '## Presets', '')
lines.push(
  table(
    ['name', 'what it is', 'paper'],
    registry.presets.map(({ name, summary, paper }) => [
      code(`preset/${name}`),
      cell(summary),
      cell(paper.title),
    ]),
  ),
)
for (const { name, fragment } of registry.presets)
  lines.push('', `### preset/${name}`, '', '```json', JSON.stringify(fragment, null, 2), '```')
const text = `${lines.join('\n')}\n`

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text) {
    console.error('docs/methods.md is not up to date; run npm run generate')
    process.exit(1)
  }
} else {
  writeFileSync(target, text)
  console.log(`${registry.methods.length} methods in docs/methods.md`)
}
