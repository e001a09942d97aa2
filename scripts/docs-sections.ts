/**
 * The tables in the handwritten pages that are made from the code: routes, options of the server, diagnostics. Each
 * stands between `<!-- NAME: written by npm run generate -->` and `<!-- end of NAME -->`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NEEDS } from '../src/audit/diagnostic.ts'
import { diagnostics } from '../src/audit/diagnostics.ts'
import type { Evidence } from '../src/kinds/reproduction.ts'
import { optionFlags } from '../src/server/options.ts'
import { protocolRoutes } from '../src/server/protocols/index.ts'
import { Sandboxes } from '../src/server/protocols/sandboxes.ts'
import { cell, code, table } from './markdown.ts'

const audit = join(import.meta.dirname, '../src/audit')

function routesTable(): string {
  // Paths that answer alike share a line; nothing is opened by asking for the routes.
  const paths = new Map<string, string[]>()
  for (const { method, path, summary } of protocolRoutes(new Sandboxes())) {
    const asked = code(`${method.toUpperCase()} ${path}`)
    paths.set(summary, [...(paths.get(summary) ?? []), asked])
  }
  return table(
    ['address', 'what it does'],
    [...paths].map(([summary, asked]) => [asked.join(', '), cell(summary)]),
  )
}

function optionsTable(): string {
  return table(
    ['option', 'environment', 'default', 'meaning'],
    optionFlags().map(({ flags, variables, initial, description }) => [
      code(flags.replace(' <value>', '')),
      variables.map(code).join(', '),
      initial === undefined || Array.isArray(initial) ? '' : code(String(initial)),
      cell(description.replace(/ \(default: .*\)$/, '')),
    ]),
  )
}

/** The sentences of the comment that stands directly before `declaration` in a file, on one line. */
function commentBefore(text: string, declaration: string): string | undefined {
  const at = text.indexOf(declaration)
  if (at < 0) return undefined
  const comment = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n$/.exec(text.slice(0, at))?.[1]
  return comment
    ?.replace(/^\s*\* ?/gm, '')
    .replace(/\s+/g, ' ')
    .trim()
}

/** How a diagnostic decides, with its thresholds: the comment of its own definition; undefined where there is none. */
function ownDecision(name: string): string | undefined {
  for (const file of readdirSync(join(audit, 'diagnostics'))) {
    const text = readFileSync(join(audit, 'diagnostics', file), 'utf8')
    if (!text.includes(`name: '${name}',\n  description`)) continue
    const own = commentBefore(text, 'export const ')
    return own?.includes('`attributeBias`') ? undefined : own
  }
  return undefined
}

/** A heading a diagnostic; those that measure an attribute of the text decide alike, and say so once. */
function diagnosticsDecisions(): string {
  const shared = commentBefore(
    readFileSync(join(audit, 'attribute-bias.ts'), 'utf8'),
    'export function attributeBias(',
  )
  if (shared === undefined) throw new Error('attributeBias has no comment')
  let first: string | undefined
  const sections = diagnostics.map(({ name }) => {
    const own = ownDecision(name)
    const text = own ?? (first === undefined ? shared : `As [${first}](#${first}), for its own attributes.`)
    if (own === undefined) first ??= name
    return `### ${name}\n\n${own === undefined && first !== name ? text : cell(text)}`
  })
  return sections.join('\n\n')
}

function diagnosticsTable(): string {
  return table(
    ['diagnostic', 'says', 'needs', 'what to do'],
    diagnostics.map(({ name, description, needs, guard }) => [
      `[${name}](#${name})`,
      cell(description),
      cell(needs.map((need) => NEEDS[need]).join('; ')),
      cell(guard),
    ]),
  )
}

const papers = join(import.meta.dirname, '../papers')

/** The stored evidence of every reproduction that makes claims, by paper. */
function evidence(): Evidence[] {
  return readdirSync(papers)
    .sort()
    .map((slug) => join(papers, slug, 'evidence.json'))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as Evidence)
    .filter(({ claims }) => claims !== undefined)
}

function verdictsTable(): string {
  return table(
    ['paper', 'verdict', 'required claims that hold', 'reported claims that hold', 'seeds', 'sabotage'],
    evidence().map(({ paper, title, verdict, claims, seeds, sabotage }) => {
      const held = (required: boolean): string => {
        const own = claims.filter((claim) => claim.required === required)
        return own.length === 0 ? '–' : `${own.filter(({ holds }) => holds).length} of ${own.length}`
      }
      return [
        `[${paper.slice(0, 2)}](#${paper}) ${cell(title)}`,
        verdict,
        held(true),
        held(false),
        String(seeds.length),
        sabotage.survived.length > 0
          ? `does not break ${sabotage.survived.join(', ')}`
          : sabotage.broke.length > 0
            ? 'breaks what it must'
            : 'nothing to break',
      ]
    }),
  )
}

function claimsList(): string {
  return evidence()
    .map(({ paper, title, task, claims, notes, seeds }) =>
      [
        `### ${paper}`,
        `**${cell(title)}.** ${cell(task)} Seeds ${seeds[0]!.seed} to ${seeds.at(-1)!.seed}. [Numbers](../papers/${paper}/evidence.json), [picture](../papers/${paper}/evidence.svg).`,
        claims
          .map(
            ({ sentence, holds, required }) =>
              `- ${holds ? 'Holds' : '**Does not hold**'}${required ? '' : ' (reported)'}: ${cell(sentence)}`,
          )
          .join('\n'),
        notes.map((note) => `- ${cell(note)}`).join('\n'),
      ].join('\n\n'),
    )
    .join('\n\n')
}

/** The sections of each page, by the page's name in `docs/`. */
export const sections: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'serving.md': { routes: routesTable },
  'operating.md': { options: optionsTable },
  'reproductions.md': { verdicts: verdictsTable, claims: claimsList },
  'audit.md': { diagnostics: diagnosticsTable, decisions: diagnosticsDecisions },
}

/** A page with its sections as they are now. @throws Error when a section's marks are not in it */
export function filled(page: string, text: string): string {
  let result = text
  for (const [name, write] of Object.entries(sections[page]!)) {
    const begin = `<!-- ${name}: written by npm run generate -->\n`
    const end = `\n<!-- end of ${name} -->`
    const from = result.indexOf(begin)
    const to = result.indexOf(end, from)
    if (from < 0 || to < 0) throw new Error(`docs/${page} has no place for the section ${name}`)
    result = `${result.slice(0, from + begin.length)}\n${write()}\n${result.slice(to)}`
  }
  return result
}
