/** `guerdon methods [search]` and `guerdon methods show NAME`. */
import { z } from 'zod'
import type { Example } from '../../kinds/method.ts'
import type { Objective } from '../../objectives/objective.ts'
import { objectives } from '../../objectives/objectives.ts'
import { GuerdonError } from '../../records/error.ts'
import { type AnyMethod, didYouMean, registry } from '../../reward/registry.ts'
import type { Recipe } from '../../reward-models/recipe.ts'
import { recipes } from '../../reward-models/recipes.ts'
import { bold, dim, table } from '../print.ts'

const kinds = ['signal', 'shaping', 'combiner', 'advantage', 'preset', 'recipe', 'objective']

/** What has a name, parameters and a source: a spec's methods, and what rewards are learned with. */
type Shown = AnyMethod | Recipe | Objective

const learning: readonly (Recipe | Objective)[] = [...recipes, ...objectives]
const all: readonly Shown[] = [...registry.methods, ...learning]

export function methodsCommand(words: readonly string[], options: { kind?: string; json?: boolean }): void {
  if (options.kind !== undefined && !kinds.includes(options.kind)) {
    throw new GuerdonError('ARGUMENT_INVALID', `there is no kind "${options.kind}"`, {
      where: { field: '--kind' },
      expected: `one of ${kinds.join(', ')}`,
    })
  }
  const query = words.join(' ')
  const presets = registry.presets
    .filter((preset) =>
      `${preset.name} preset ${preset.summary} ${preset.paper.slug} ${preset.paper.title}`
        .toLowerCase()
        .includes(query.toLowerCase()),
    )
    .map(({ name, summary, paper }) => ({ kind: 'preset' as const, name: `preset/${name}`, summary, paper }))
  const found = learning.filter(({ kind, name, summary, paper, aliases = [] }) =>
    [kind, name, summary, paper?.slug, paper?.title, ...aliases]
      .join(' ')
      .toLowerCase()
      .includes(query.toLowerCase()),
  )
  const rows = [...registry.search(query), ...presets, ...found]
    .filter(({ kind }) => options.kind === undefined || kind === options.kind)
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.name.localeCompare(b.name))
  if (options.json) {
    console.log(
      JSON.stringify(
        rows.map(({ kind, name, summary, paper }) => ({ kind, name, summary, paper: paper?.slug ?? null })),
        null,
        2,
      ),
    )
  } else if (rows.length === 0) {
    const hint = didYouMean(
      query,
      all.map(({ name }) => name),
    )
    console.log(`Nothing is called or described "${query}". ${hint ?? 'guerdon methods lists everything.'}`)
  } else {
    console.log(
      table(
        ['kind', 'name', 'what it is', 'paper'],
        rows.map(({ kind, name, summary, paper }) => [kind, name, summary, paper?.slug ?? '']),
      ),
    )
  }
  if (rows.length === 0) process.exitCode = 1
}

export function showMethodCommand(name: string, options: { json?: boolean }): void {
  const [kind, own] = name.includes('/') ? name.split('/', 2) : [undefined, name]
  if (kind === 'preset') {
    const preset = registry.preset(own!)
    console.log(
      options.json
        ? JSON.stringify(preset, null, 2)
        : `${bold(`preset/${preset.name}`)}\n${preset.summary}\nPaper: ${preset.paper.title} (${preset.paper.slug})\n\n${JSON.stringify(preset.fragment, null, 2)}`,
    )
    return
  }
  const ofKind = all.filter((method) => kind === undefined || method.kind === kind)
  const exact = ofKind.filter((method) => method.name === own)
  // Nobody has to know that BNPO is called `beta` here: another name shows every method that goes by it.
  const wanted = name.toLowerCase()
  const found =
    exact.length > 0
      ? exact
      : ofKind.filter(({ aliases }) => aliases?.some((alias) => alias.toLowerCase() === wanted))
  if (found.length === 0) {
    const hint = didYouMean(
      own!,
      all.map((method) => method.name),
    )
    throw new GuerdonError(
      'SPEC_UNKNOWN_METHOD',
      `there is no method "${name}"`,
      hint === undefined ? {} : { hint },
    )
  }
  if (options.json) console.log(JSON.stringify(found.map(described), null, 2))
  else console.log(found.map(page).join('\n\n'))
}

interface Described {
  readonly kind: string
  readonly name: string
  readonly summary: string
  readonly formula: string | null
  /** null where it is no column */
  readonly range: string | null
  readonly paper: AnyMethod['paper'] | null
  readonly aliases: readonly string[]
  readonly parameters: Readonly<
    Record<
      string,
      {
        readonly type?: unknown
        readonly enum?: readonly unknown[]
        readonly default?: unknown
        readonly description?: string
      }
    >
  >
  readonly required: readonly string[]
  readonly examples: readonly Example[]
}

/** A method as plain data, its parameters as JSON Schema. */
export function described(method: Shown): Described {
  const schema = z.toJSONSchema(method.parameters, { io: 'input', unrepresentable: 'any' })
  return {
    kind: method.kind,
    name: method.name,
    summary: method.summary,
    formula: 'formula' in method ? (method.formula ?? null) : null,
    range: 'range' in method ? method.range : null,
    paper: method.paper ?? null,
    aliases: method.aliases ?? [],
    parameters: (schema.properties ?? {}) as Described['parameters'],
    required: schema.required ?? [],
    examples: 'examples' in method ? method.examples : [],
  }
}

function page(method: Shown): string {
  const { kind, name, summary, formula, range, paper, aliases, parameters, required, examples } =
    described(method)
  const lines = [`${bold(name)} ${dim(kind)}`, summary, '']
  if (formula !== null) lines.push(`Formula  ${formula}`)
  if (range !== null) lines.push(`Range    ${range}`)
  if (paper)
    lines.push(
      `Paper    ${paper.title} (${paper.slug})${paper.source === undefined ? '' : `, ${paper.source}`}`,
    )
  if (aliases.length > 0) lines.push(`Also     ${aliases.join(', ')}`)
  const rows = Object.entries(parameters).map(([parameter, schema]) => [
    parameter,
    schema.enum?.join(' | ') ?? String(schema.type ?? 'see the description'),
    required.includes(parameter)
      ? 'required'
      : schema.default === undefined
        ? ''
        : JSON.stringify(schema.default),
    schema.description ?? '',
  ])
  lines.push(
    '',
    rows.length === 0 ? 'It has no parameters.' : table(['parameter', 'type', 'default', 'meaning'], rows),
  )
  for (const { title, parameters: given, input, result } of examples) {
    lines.push(
      '',
      `Example: ${title}`,
      dim(`  use: ${name}${given === undefined ? '' : ` ${JSON.stringify(given)}`}`),
    )
    lines.push(dim(`  in:  ${JSON.stringify(input)}`), dim(`  out: ${JSON.stringify(result)}`))
  }
  return lines.join('\n')
}
