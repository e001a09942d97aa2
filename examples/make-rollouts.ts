/**
 * Makes the rollouts of `examples/data`: a small language model answers the problems of `problems.ts`.
 *
 *     npm install --no-save --ignore-scripts node-llama-cpp@3.22.1
 *     node examples/make-rollouts.ts --problems 250 --samples 8 --seed 7 --out examples/data
 *
 * The completions are kept exactly as sampled. Finished problems wait in `rollouts.journal.partial`, so that a run
 * that was stopped goes on where it was; the last step writes `rollouts.jsonl`, `rollouts.meta.json`, `README.md`.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import { fetchModel, model as modelFile } from '../scripts/fetch-model.ts'
import { makeProblems, type Problem, streamSeed } from './problems.ts'

const runtime = { package: 'node-llama-cpp', version: '3.22.1' } as const
const sampling = { temperature: 0.7, top_p: 0.95, top_k: 40, max_new_tokens: 96 } as const
/** Completions that grow side by side in one context: four groups of eight. */
const sequences = 32
const contextSize = 512

type Message = { role: string; content: string }

type Row = {
  id: string
  group: string
  prompt: Message[]
  completion: string
  reference: string
  columns: { difficulty: number; sample: number; completion_tokens: number }
  finish_reason: 'stop' | 'length'
  category: string
}

type Settings = { problems: number; samples: number; seed: number; out: string; llama: string }

// The part of node-llama-cpp that is used here; the package is no dependency, so its own types may be absent.
type Token = number
type Sequence = {
  readonly nextTokenIndex: number
  adaptStateToTokens(tokens: Token[], allowShift: boolean): Promise<void>
  evaluate(tokens: Token[], options: object): AsyncIterable<Token>
}
type Model = {
  tokenize(text: string, specialTokens: boolean): Token[]
  detokenize(tokens: Token[]): string
  isEogToken(token: Token): boolean
  createContext(options: object): Promise<{ getSequence(): Sequence; dispose(): Promise<void> }>
}
type Llama = { loadModel(options: { modelPath: string }): Promise<Model>; dispose(): Promise<void> }
type LlamaPackage = { getLlama(options: object): Promise<Llama> }

async function importLlama(directory: string): Promise<LlamaPackage> {
  const require = createRequire(join(resolve(directory), 'package.json'))
  let entry: string
  try {
    entry = require.resolve(runtime.package)
  } catch (cause) {
    const wanted = `npm install --no-save --ignore-scripts ${runtime.package}@${runtime.version}`
    throw new Error(`make-rollouts: ${runtime.package} is not installed; run: ${wanted}`, { cause })
  }
  return await import(pathToFileURL(entry).href)
}

// A model of 135 million parameters follows a form it is shown, hardly one it is told: asked for a box without
// worked turns it boxed under a tenth of its answers, with the examples inside one message under a half.
const workedTurns: readonly Message[] = [
  {
    role: 'user',
    content: 'Solve in a sentence or two, final answer in \\boxed{}.\nWhat is 3 + 4 * 2?',
  },
  { role: 'assistant', content: '4 * 2 = 8 and 3 + 8 = 11. The answer is \\boxed{11}.' },
  { role: 'user', content: 'Tom has 9 pens and loses 4. How many are left?' },
  { role: 'assistant', content: '9 - 4 = 5. The answer is \\boxed{5}.' },
  { role: 'user', content: 'Calculate 24 + 35.' },
  { role: 'assistant', content: '24 + 35 = 59. The answer is \\boxed{59}.' },
]

/** The chat a problem is asked in: an instruction, three worked turns, then the problem's own prompt. */
export function promptMessages(problem: Pick<Problem, 'prompt'>): Message[] {
  return [...workedTurns, { role: 'user', content: problem.prompt }]
}

const defaultSystemMessage = 'You are a helpful AI assistant named SmolLM, trained by Hugging Face'

/** The model's own chat template: ChatML, opened by the model's default system message. */
function renderChat(messages: readonly Message[]): string {
  const turns = [{ role: 'system', content: defaultSystemMessage }, ...messages]
  const rendered = turns.map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`)
  return `${rendered.join('')}<|im_start|>assistant\n`
}

async function sampleRow(model: Model, sequence: Sequence, problem: Problem, sample: number, seed: number) {
  const prompt = promptMessages(problem)
  const tokens = model.tokenize(renderChat(prompt), true)
  // All prompts begin alike: only what differs from the sequence's last prompt is evaluated again.
  await sequence.adaptStateToTokens(tokens.slice(0, -1), false)
  const { temperature, top_p: topP, top_k: topK } = sampling
  const options = { temperature, topP, topK, minP: 0, seed, yieldEogToken: true }
  const generated: Token[] = []
  let finishReason: Row['finish_reason'] = 'length'
  for await (const token of sequence.evaluate(tokens.slice(sequence.nextTokenIndex), options)) {
    if (model.isEogToken(token)) {
      finishReason = 'stop'
      break
    }
    generated.push(token)
    if (generated.length === sampling.max_new_tokens) break
  }
  const row: Row = {
    id: `${problem.id}-${sample}`,
    group: problem.id,
    prompt,
    completion: model.detokenize(generated),
    reference: problem.reference,
    columns: { difficulty: problem.difficulty, sample, completion_tokens: generated.length },
    finish_reason: finishReason,
    category: problem.category,
  }
  return row
}

/** Whole groups of an earlier, stopped run; a torn last line or a run with other settings contributes nothing. */
function readFinished(path: string, header: string, samples: number): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  if (!existsSync(path)) return groups
  const [first, ...lines] = readFileSync(path, 'utf8').split('\n')
  if (first !== header) return groups
  // What follows the last line feed was torn off in the middle of a write.
  for (const line of lines.slice(0, -1)) {
    const row = JSON.parse(line) as Row
    groups.set(row.group, [...(groups.get(row.group) ?? []), row])
  }
  for (const [group, rows] of groups) if (rows.length !== samples) groups.delete(group)
  return groups
}

const asLines = (rows: readonly Row[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

/** Readers see the old file or the whole new one, never a part. */
function replaceFile(path: string, content: string): void {
  writeFileSync(`${path}.partial`, content)
  renameSync(`${path}.partial`, path)
}

async function makeRollouts(settings: Settings): Promise<void> {
  const { samples, seed, out } = settings
  const problems = makeProblems({ seed, count: settings.problems })
  const { getLlama } = await importLlama(settings.llama)
  const modelPath = await fetchModel()

  mkdirSync(out, { recursive: true })
  const journal = join(out, 'rollouts.journal.partial')
  const header = JSON.stringify({
    samples,
    seed,
    sampling,
    prompt: promptMessages({ prompt: '' }),
    sha256: modelFile.sha256,
  })
  const finished = readFinished(journal, header, samples)
  replaceFile(journal, `${header}\n${[...finished.values()].map(asLines).join('')}`)

  const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: 'error' })
  const model = await llama.loadModel({ modelPath })
  // One thread: several wait for one another by spinning, which on a busy machine takes far longer than one alone.
  const context = await model.createContext({ sequences, contextSize, batchSize: contextSize, threads: 1 })

  const work = problems.flatMap((problem, index) =>
    finished.has(problem.id)
      ? []
      : Array.from({ length: samples }, (_, sample) => ({
          problem,
          sample,
          seed: streamSeed(seed, index, sample),
        })),
  )
  const bar = new SingleBar({
    format: '{bar} {value}/{total} rollouts, {eta_formatted} left',
    noTTYOutput: true,
    notTTYSchedule: 10_000,
  })
  bar.start(problems.length * samples, problems.length * samples - work.length)
  const open = new Map<string, Row[]>()
  let next = 0
  const drain = async (sequence: Sequence): Promise<void> => {
    while (next < work.length) {
      const item = work[next++]!
      const row = await sampleRow(model, sequence, item.problem, item.sample, item.seed)
      const group = [...(open.get(row.group) ?? []), row]
      open.set(row.group, group)
      if (group.length === samples) {
        group.sort((a, b) => a.columns.sample - b.columns.sample)
        appendFileSync(journal, asLines(group))
        finished.set(row.group, group)
        open.delete(row.group)
      }
      bar.increment()
    }
  }
  try {
    await Promise.all(Array.from({ length: sequences }, () => drain(context.getSequence())))
  } finally {
    bar.stop()
    await llama.dispose()
  }

  const rows = problems.flatMap((problem) => finished.get(problem.id)!)
  const meta = describe(settings, rows)
  replaceFile(join(out, 'rollouts.jsonl'), asLines(rows))
  replaceFile(join(out, 'rollouts.meta.json'), `${JSON.stringify(meta, null, 2)}\n`)
  replaceFile(join(out, 'README.md'), readme(meta))
  rmSync(journal)
  console.log(
    `${rows.length} rollouts in ${problems.length} groups, ${meta.rows_cut} cut at ${sampling.max_new_tokens} tokens`,
  )
}

function describe({ problems, samples, seed }: Settings, rows: readonly Row[]) {
  return {
    model: modelFile.name,
    quantisation: modelFile.quantisation,
    licence: modelFile.licence,
    source: {
      package: modelFile.package,
      version: modelFile.version,
      file: modelFile.file,
      sha256: modelFile.sha256,
    },
    runtime,
    chat_template: renderChat(promptMessages({ prompt: '{question}' })),
    sampling,
    sequences,
    seed,
    problems,
    samples_per_problem: samples,
    rows: rows.length,
    rows_cut: rows.filter((row) => row.finish_reason === 'length').length,
    command: `node examples/make-rollouts.ts --problems ${problems} --samples ${samples} --seed ${seed} --out examples/data`,
  }
}

const readme = (meta: ReturnType<typeof describe>): string => `# Example rollouts

\`rollouts.jsonl\` holds ${meta.rows} rollouts: ${meta.model} answers ${meta.problems} arithmetic and short word problems, ${meta.samples_per_problem} completions each. The completions are exactly what the model wrote, right or wrong; ${meta.rows_cut} of them were cut at ${meta.sampling.max_new_tokens} tokens. The problems and their references come from \`examples/problems.ts\`. \`rollouts.meta.json\` holds this page as data. Both files and this page are written by \`examples/make-rollouts.ts\`.

## A line

| field | meaning |
|---|---|
| \`id\`, \`group\` | \`p017-3\` is the completion with \`sample\` 3 of problem \`p017\`, its group |
| \`prompt\` | chat messages: an instruction with three worked turns, then the question |
| \`completion\` | the model's text, without the end-of-turn mark |
| \`reference\` | the exact answer: an integer, a decimal, a fraction in lowest terms, or \`n%\` |
| \`columns.difficulty\` | 1 (one digit, one step) to 4 |
| \`columns.completion_tokens\` | tokens of the completion, without the end-of-turn token |
| \`finish_reason\` | \`stop\`: the model ended its turn; \`length\`: cut at ${meta.sampling.max_new_tokens} tokens |
| \`category\` | kind of problem: sum, difference, product, quotient, expression, decimal, fraction, percent, word |

## How it was made

| | |
|---|---|
| model | ${meta.model}, ${meta.quantisation}, licence ${meta.licence} |
| from | PyPI package \`${meta.source.package}\` ${meta.source.version}, file \`${meta.source.file}\` |
| sha256 | \`${meta.source.sha256}\` |
| runtime | ${meta.runtime.package} ${meta.runtime.version} on a CPU, ${meta.sequences} sequences in one context |
| sampling | temperature ${meta.sampling.temperature}, top-p ${meta.sampling.top_p}, top-k ${meta.sampling.top_k}, at most ${meta.sampling.max_new_tokens} new tokens |
| seed | ${meta.seed}; each completion has its own stream, made from the seed, the problem's number and the sample's number |

What the model reads, with the question in the place of \`{question}\`:

\`\`\`text
${meta.chat_template}\`\`\`

## Make it again

\`\`\`sh
npm install --no-save --ignore-scripts ${meta.runtime.package}@${meta.runtime.version}
${meta.command}
\`\`\`

The problems are the same on every machine. The completions also depend on floating-point rounding, which differs between processors and with the number of sequences evaluated side by side. Sampled again on one processor with the same number of sequences, completions came back byte for byte; with 8 sequences in the place of 32, fewer than half did. Elsewhere expect rollouts of the same kind, not the same bytes.
`

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('expected a whole number')
  return value
}

function positive(text: string): number {
  const value = wholeNumber(text)
  if (value === 0) throw new InvalidArgumentError('expected a number from 1')
  return value
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..')
  const command = new Command('make-rollouts')
    .description('sample the example rollouts from a small language model')
    .option('--problems <count>', 'number of problems', positive, 250)
    .option('--samples <count>', 'completions a problem', positive, 8)
    .option('--seed <number>', 'seed of problems and sampling', wholeNumber, 7)
    .option('--out <directory>', 'where the files are written', join(root, 'examples', 'data'))
    .option('--llama <directory>', `a directory with ${runtime.package} in its node_modules`, root)
  try {
    await makeRollouts(command.parse().opts<Settings>())
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    process.exitCode = 1
  }
}
