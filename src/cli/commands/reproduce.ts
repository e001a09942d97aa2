/** `guerdon reproduce [NAME]`: runs a paper's experiment, prints what holds, stores every seed's numbers and a picture. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { type Evidence, type Reproduction, runReproduction } from '../../kinds/reproduction.ts'
import { GuerdonError } from '../../records/error.ts'
import { evidenceChart } from '../evidence-chart.ts'
import { bold, dim, number, table } from '../print.ts'

export interface ReproduceCommandOptions {
  readonly seeds?: string
  readonly output?: string
  readonly json?: boolean
}

/** From source the papers lie beside `src`; in the published package beside the command line. */
function papersFolder(): { readonly folder: string; readonly file: string } {
  const source = fileURLToPath(new URL('../../../papers', import.meta.url))
  if (import.meta.url.endsWith('.ts')) return { folder: source, file: 'reproduce.ts' }
  return { folder: fileURLToPath(new URL('../../papers', import.meta.url)), file: 'reproduce.js' }
}

/** Papers that have a reproduction, by slug. */
export function reproducible(): string[] {
  const { folder, file } = papersFolder()
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => existsSync(join(folder, name, file)))
        .sort()
    : []
}

function slugOf(name: string): string {
  const all = reproducible()
  const found = all.filter(
    (slug) => slug === name || slug.startsWith(`${name}-`) || slug.endsWith(`-${name}`),
  )
  if (found.length === 1) return found[0]!
  throw new GuerdonError('SPEC_UNKNOWN_METHOD', `there is no reproduction "${name}"`, {
    expected: all.join(', '),
  })
}

function seedsOf(text: string): number[] {
  const seeds = text.split(',').flatMap((part) => {
    const [from, to = from] = part.split('-').map(Number)
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from! < 0 || to! < from!)
      throw new GuerdonError('ARGUMENT_INVALID', 'are no seeds', {
        where: { field: '--seeds' },
        found: text,
        expected: 'whole numbers and ranges, for example 100-109 or 3,5,8',
      })
    return Array.from({ length: to! - from! + 1 }, (_, index) => from! + index)
  })
  return seeds
}

async function reproductionOf(slug: string): Promise<Reproduction> {
  const { folder, file } = papersFolder()
  const module = (await import(pathToFileURL(join(folder, slug, file)).href)) as {
    reproduction?: Reproduction
  }
  if (module.reproduction === undefined)
    throw new GuerdonError('SPEC_UNKNOWN_METHOD', `${slug} has no claims of its own to reproduce`, {
      hint: `Its evidence lies in papers/${slug}/evidence.json`,
    })
  return module.reproduction
}

function list(json: boolean | undefined): void {
  const { folder } = papersFolder()
  const rows = reproducible().map((slug) => {
    const stored = join(folder, slug, 'evidence.json')
    const evidence = existsSync(stored) ? (JSON.parse(readFileSync(stored, 'utf8')) as Partial<Evidence>) : {}
    const held = evidence.claims?.filter(({ holds }) => holds).length
    return {
      slug,
      title: evidence.title ?? '',
      verdict: evidence.verdict ?? 'evidence without claims',
      claims: held === undefined ? '' : `${held} of ${evidence.claims!.length}`,
      seeds: evidence.seeds?.length ?? 0,
    }
  })
  if (json) {
    console.log(JSON.stringify(rows, null, 2))
    return
  }
  console.log(
    table(
      ['paper', 'stored verdict', 'claims that hold', 'seeds'],
      rows.map(({ slug, verdict, claims, seeds }) => [
        slug,
        verdict,
        claims,
        seeds === 0 ? '' : String(seeds),
      ]),
    ),
  )
}

/** Exit code 0: every required claim holds and the sabotage breaks what it must; 1: not so; 2: wrong arguments. */
export async function reproduceCommand(
  name: string | undefined,
  options: ReproduceCommandOptions,
): Promise<void> {
  if (name === undefined) return list(options.json)
  const slug = slugOf(name)
  const reproduction = await reproductionOf(slug)
  const seeds = options.seeds === undefined ? reproduction.seeds : seedsOf(options.seeds)
  const abort = new AbortController()
  const cancel = (): void => abort.abort()
  process.once('SIGINT', cancel)
  const started = performance.now()
  try {
    const evidence = await runReproduction(
      reproduction,
      {
        abort: abort.signal,
        progress: (sentence) => {
          if (!options.json) console.error(dim(sentence))
        },
      },
      seeds,
    )
    // Only a run over the reproduction's own seeds takes the place of the stored evidence.
    const folder =
      options.output ?? (options.seeds === undefined ? join(papersFolder().folder, slug) : undefined)
    if (folder !== undefined) {
      mkdirSync(folder, { recursive: true })
      write(join(folder, 'evidence.json'), `${JSON.stringify(evidence, null, 2)}\n`)
      write(join(folder, 'evidence.svg'), evidenceChart(evidence, reproduction.charts))
    }
    if (options.json) console.log(JSON.stringify(evidence, null, 2))
    else print(evidence, (performance.now() - started) / 1000, folder)
    if (evidence.verdict !== 'reproduced' || evidence.sabotage.survived.length > 0) process.exitCode = 1
  } finally {
    process.removeListener('SIGINT', cancel)
  }
}

function write(path: string, text: string): void {
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
}

function print(evidence: Evidence, seconds: number, folder: string | undefined): void {
  console.log(bold(evidence.title))
  console.log(evidence.task)
  const names = Object.keys(evidence.means)
  console.log(
    table(
      ['measured', 'mean', 'least', 'largest'],
      names.map((name) => {
        const values = evidence.seeds.map(({ measured }) => measured[name]!)
        return [name, number(evidence.means[name]), number(Math.min(...values)), number(Math.max(...values))]
      }),
    ),
  )
  for (const { sentence, holds, required } of evidence.claims)
    console.log(`${holds ? 'holds' : 'does not hold'}${required ? '' : ' (reported only)'}: ${sentence}`)
  const { sentence, broke, survived, moot } = evidence.sabotage
  const said = [
    broke.length > 0 ? `breaks ${broke.join(', ')}, as it must` : '',
    survived.length > 0 ? `does not break ${survived.join(', ')}` : '',
    moot.length > 0 ? `says nothing of ${moot.join(', ')}, which did not hold` : '',
  ]
  console.log(`sabotage: ${sentence}: ${said.filter((part) => part !== '').join('; ')}`)
  for (const note of evidence.notes) console.log(dim(`note: ${note}`))
  const seeds = evidence.seeds.length === 1 ? '1 seed' : `${evidence.seeds.length} seeds`
  console.log(
    `${bold(evidence.verdict)} (${seeds}, ${seconds.toFixed(0)} s)${folder === undefined ? '' : `; written to ${folder}`}`,
  )
}
