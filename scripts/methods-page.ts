/** docs/methods.md, made from the registry: a table per kind, and a section per method. */
import { described } from '../src/cli/commands/methods.ts'
import { registry } from '../src/reward/registry.ts'
import { recipes } from '../src/reward-models/recipes.ts'
import { cell, code, table } from './markdown.ts'

const titles = {
  signal: 'Signals',
  shaping: 'Shaping',
  combiner: 'Combining',
  advantage: 'Advantages',
} as const

/** The whole page. */
export function methodsPage(): string {
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
        methods.map(({ name, summary, range }) => [`[${name}](#${name})`, cell(summary), cell(range ?? '')]),
      ),
    )
    for (const { name, summary, formula, range, paper, aliases, parameters, required, examples } of methods) {
      lines.push('', `### ${name}`, '', cell(summary), '')
      if (formula !== null) lines.push(`- Formula: ${code(formula.replace(/\s*\n\s*/g, ' '))}`)
      lines.push(`- Range: ${cell(range ?? '')}`)
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
        rows.length === 0
          ? 'It has no parameters.'
          : table(['parameter', 'type', 'default', 'meaning'], rows),
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
  lines.push(
    '',
    '## Recipes',
    '',
    'Ways to learn a reward from preference pairs: `recipe: { use: NAME, … }` in a config of `guerdon train reward-model`. The losses they are made of are in [Objectives](objectives.md).',
    '',
    table(
      ['name', 'what it is', 'needs', 'paper'],
      recipes.map(({ name, summary, needs = {}, paper }) => [
        `[${name}](#recipe-${name})`,
        cell(summary),
        Object.entries(needs)
          .filter(([, wanted]) => wanted)
          .map(([what]) => what)
          .join(', '),
        cell(paper?.title ?? ''),
      ]),
    ),
  )
  for (const recipe of recipes) {
    const { parameters } = described(recipe)
    lines.push(
      '',
      `### recipe ${recipe.name}`,
      '',
      cell(recipe.summary),
      '',
      table(
        ['parameter', 'type', 'default', 'meaning'],
        Object.entries(parameters).map(
          ([parameter, { type, enum: choices, default: value, description }]) => [
            code(parameter),
            cell(choices?.map(String).join(', ') ?? String(type ?? 'see the description')),
            value === undefined ? '' : code(JSON.stringify(value)),
            cell(description ?? ''),
          ],
        ),
      ),
    )
  }
  return `${lines.join('\n')}\n`
}
