/** docs/objectives.md, made from the objectives: a table, and a section for each. */
import { z } from 'zod'
import { objectives } from '../src/objectives/objectives.ts'
import { cell, code, table } from './markdown.ts'

interface ParameterShown {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly description?: string
}

/** The whole page. */
export function objectivesPage(): string {
  const sorted = [...objectives].sort((a, b) => (a.name < b.name ? -1 : 1))
  const lines: string[] = [
    '# Objectives',
    '',
    'Written by `npm run generate` from the objectives themselves. An objective is a loss as a pure function of named tensors: called inside a training program it is one more term of the program; `evaluateObjective(objective, values, parameters)` gives its value, rows and gradients on plain numbers in double precision. Shapes stand in brackets; inputs marked ∂ have a gradient.',
    '',
    table(
      ['name', 'what it is'],
      sorted.map(({ name, summary }) => [`[${name}](#${name})`, cell(summary)]),
    ),
  ]
  for (const { name, summary, formula, paper, aliases = [], elsewhere = {}, inputs, parameters } of sorted) {
    lines.push(
      '',
      `## ${name}`,
      '',
      cell(summary),
      '',
      `- Formula: ${code(formula.replace(/\s*\n\s*/g, ' '))}`,
    )
    if (paper)
      lines.push(
        `- Source: ${cell(paper.title)}${paper.source === undefined ? '' : `; ${cell(paper.source)}`}`,
      )
    if (aliases.length > 0) lines.push(`- Also called: ${cell(aliases.join(', '))}`)
    for (const [trainer, what] of Object.entries(elsewhere)) lines.push(`- In ${trainer}: ${cell(what)}`)
    lines.push(
      '',
      table(
        ['input', 'meaning'],
        Object.entries(inputs).map(([input, { description, differentiable, optional }]) => [
          `${code(input)}${differentiable ? ' ∂' : ''}`,
          `${cell(description)}${optional === true ? ' (optional)' : ''}`,
        ]),
      ),
    )
    const schema = z.toJSONSchema(parameters, { io: 'input' }) as {
      readonly properties?: Readonly<Record<string, ParameterShown>>
    }
    const rows = Object.entries(schema.properties ?? {}).map(([parameter, shown]) => [
      code(parameter),
      cell(shown.enum?.map(String).join(', ') ?? shown.type ?? ''),
      shown.default === undefined ? '' : code(JSON.stringify(shown.default)),
      cell(shown.description ?? ''),
    ])
    if (rows.length > 0) lines.push('', table(['parameter', 'type', 'default', 'meaning'], rows))
  }
  return `${lines.join('\n')}\n`
}
