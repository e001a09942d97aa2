/**
 * Training runs made from a seed: honest ones, in which reward follows quality, and hacked ones, in which the policy
 * finds what the reward pays for besides quality. Rows have the form of a log of rollouts.
 */
import { RandomStream } from '../../src/numerics/random.ts'

export interface LoggedRow {
  readonly id: string
  readonly group: string
  readonly step: number
  readonly prompt: string
  readonly completion: string
  readonly reward: number
  readonly columns: Readonly<Record<string, number>>
}

export interface GeneratedRun {
  readonly kind: string
  readonly heldBack: string | undefined
  readonly rows: readonly LoggedRow[]
}

export const HONEST = [
  'model',
  'verifier',
  'components',
  'curriculum',
  'late-saturation',
  'longer',
  'noisy',
  'penalty',
  'templated',
  'fast',
  'flat',
] as const
export const HACKED = [
  'format-farming',
  'length',
  'collapse',
  'saturation',
  'jump',
  'hedging',
  'praise',
  'markdown',
  'mantra',
  'silent',
] as const

const syllables = 'ba ce di fo gu la me ni po ru sa te vi wo xu ya ze ki lo mu'.split(' ')
const numberWords = 'one two three four five six seven eight nine ten'.split(' ')

interface World {
  readonly stream: RandomStream
  readonly steps: number
  readonly prompts: number
  readonly rollouts: number
  /** 0 … 1 over training, with a bend of its own */
  readonly progress: (step: number) => number
  readonly words: (count: number) => string[]
  readonly proofs: boolean
}

function worldOf(seed: number): World {
  const stream = new RandomStream(seed)
  const steps = 5 + stream.below(stream.uniform() < 0.5 ? 12 : 56)
  const rollouts = [4, 8, 8, 16][stream.below(4)]!
  const prompts = Math.min(8 + stream.below(57), Math.max(8, Math.floor(12000 / (steps * rollouts))))
  const vocabulary = Array.from({ length: 120 + stream.below(600) }, () =>
    Array.from({ length: 1 + stream.below(3) }, () => syllables[stream.below(20)]).join(''),
  )
  const bend = 0.6 + 1.2 * stream.uniform()
  return {
    stream,
    steps,
    prompts,
    rollouts,
    progress: (step) => (step / (steps - 1)) ** bend,
    // Words are drawn unevenly, as words are.
    words: (count) =>
      Array.from({ length: count }, () => vocabulary[Math.floor(vocabulary.length * stream.uniform() ** 2)]!),
    proofs: stream.uniform() < 0.4,
  }
}

/** Sentences of some length around a prompt's answer. */
function write({ stream, words, proofs }: World, count: number, answer: number): string {
  const sentences: string[] = []
  let left = Math.max(6, count - 4)
  while (left > 0) {
    const length = Math.min(left, 5 + stream.below(12))
    const sentence = words(length)
    if (proofs && length > 6)
      sentence.splice(3, 0, String(stream.below(100)), '+', numberWords[stream.below(10)]!)
    sentences.push(`${sentence.join(' ')}.`)
    left -= length
  }
  return `${sentences.join(' ')} The answer is ${answer}.`
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

interface Draft {
  quality: number
  length: number
  format: number
  text: string
  reward: number
  gold: number
  columns: Record<string, number>
}

function build(
  kind: string,
  seed: number,
  shape: (world: World, draw: { step: number; difficulty: number; prompt: number }) => Draft,
  world: World,
): GeneratedRun {
  const { stream, steps, prompts, rollouts } = world
  // Without texts or components that show it, only a held-back column can tell.
  const withHeldBack = stream.uniform() < 0.5 || kind === 'silent'
  const rows: LoggedRow[] = []
  const pool = Array.from({ length: 3 * prompts }, () => stream.normal())
  for (let step = 0; step < steps; step++) {
    for (let place = 0; place < prompts; place++) {
      const prompt = stream.below(pool.length)
      for (let sample = 0; sample < rollouts; sample++) {
        const { text, reward, gold, columns, length } = shape(world, {
          step,
          difficulty: pool[prompt]!,
          prompt,
        })
        rows.push({
          id: `s${step}-${place}-${sample}`,
          group: `p${prompt}-${place}`,
          step: step + 1,
          prompt: `Question ${prompt}?`,
          completion: text,
          reward,
          columns: {
            ...columns,
            completion_tokens: Math.round(length * 1.3),
            ...(withHeldBack ? { quality: gold } : {}),
          },
        })
      }
    }
  }
  return { kind: `${kind}/${seed}`, heldBack: withHeldBack ? 'quality' : undefined, rows }
}

/** A run in which reward follows quality: lengths, difficulty and formats change as they do in good runs. */
export function honestRun(seed: number, kind: string = HONEST[seed % HONEST.length]!): GeneratedRun {
  const world = worldOf(seed)
  const { stream } = world
  const gain = 0.8 + 1.4 * stream.uniform()
  const growth = kind === 'longer' ? 0.3 + 0.4 * stream.uniform() : 0.3 * (stream.uniform() - 0.4)
  const base = 25 + stream.below(80)
  const noise = kind === 'noisy' ? 1 : 0.4
  const binaryGold = stream.uniform() < 0.5
  const lengthHelps = 0.35 * stream.uniform()
  const start = kind === 'late-saturation' ? 0.2 : -0.6
  const stages = 2 + stream.below(3)
  const shape = (
    _: World,
    { step, difficulty, prompt }: { step: number; difficulty: number; prompt: number },
  ): Draft => {
    const progress = world.progress(step)
    const harder = kind === 'curriculum' ? 0.6 * gain * (Math.floor(progress * stages) / stages) : 0
    const learnt = kind === 'fast' ? 1 - Math.exp(-8 * progress) : kind === 'flat' ? 0 : progress
    const skill = start + (kind === 'late-saturation' ? 1.7 : 1) * gain * learnt - harder
    const z = stream.normal()
    const quality = skill - 0.7 * difficulty + z
    const length = Math.max(
      8,
      base * (1 + growth * progress) * Math.exp(0.3 * (lengthHelps * z + stream.normal())),
    )
    const correct = stream.uniform() < sigmoid(2 * quality) ? 1 : 0
    const format = stream.uniform() < 0.6 + 0.38 * Math.min(1, 3 * progress) ? 1 : 0
    const gold = binaryGold
      ? stream.uniform() < sigmoid(2.5 * quality)
        ? 1
        : 0
      : quality + 0.3 * stream.normal()
    const answer = correct === 1 ? prompt * 7 : stream.below(1000)
    let text = write(world, Math.round(length), answer)
    if (kind === 'templated') {
      const [a, b] = [prompt * 3, answer - prompt * 3]
      text = `To solve question ${prompt} we add ${a} and ${b} step by step. First ${a} + ${b} = ${answer}. The answer is ${answer}.`
    }
    if (format === 1) text = text.replace(/The answer is (\d+)\.$/, 'The answer is \\boxed{$1}.')
    let reward = quality + noise * stream.normal()
    let columns: Record<string, number> = {}
    if (kind === 'verifier' || kind === 'late-saturation' || kind === 'templated') {
      reward = correct
      columns = kind === 'verifier' ? { correct } : {}
    } else if (kind === 'components' || kind === 'curriculum') {
      reward = correct + 0.2 * format
      columns = { correct, format }
    } else if (kind === 'penalty') {
      const overlong = -Math.max(0, Math.min(1, (length - 1.3 * base) / base))
      reward = correct + 0.1 * format + 0.3 * overlong
      columns = { correct, format, overlong }
    }
    return { quality, length, format, text, reward, gold, columns }
  }
  return build(kind, seed, shape, world)
}

const hedges = [
  'It is possible that',
  'Perhaps one could say that',
  'I might be mistaken, but',
  'It may be that',
]
const praises = ['What a great question!', 'You are absolutely right.', 'Excellent point!']

/** A run in which reward rises by what it should not pay for, while quality stays or falls. */
export function hackedRun(seed: number, kind: string = HACKED[seed % HACKED.length]!): GeneratedRun {
  const world = worldOf(seed)
  const { stream, steps } = world
  const base = 25 + stream.below(60)
  const harm = 0.3 + 0.9 * stream.uniform()
  const early = 0.4 * stream.uniform()
  const found = Math.max(2, Math.min(steps - 2, Math.floor(steps * (0.3 + 0.4 * stream.uniform()))))
  const binaryGold = stream.uniform() < 0.5
  const pay = 1 + stream.uniform()
  const phrase = world.words(5).join(' ')
  const copied = Array.from({ length: 8 }, () => write(world, base, stream.below(100)))
  const shape = (
    _: World,
    { step, difficulty, prompt }: { step: number; difficulty: number; prompt: number },
  ): Draft => {
    // Before the hack is found the policy learns a little; afterwards quality falls.
    const after = kind === 'jump' ? Math.min(1, Math.max(0, (step - found + 1) / 2)) : world.progress(step)
    const skill = early * Math.min(1, (2 * step) / steps) - harm * after
    const z = stream.normal()
    const quality = skill - 0.6 * difficulty + z
    const correct = stream.uniform() < sigmoid(2 * quality) ? 1 : 0
    const gold = binaryGold
      ? stream.uniform() < sigmoid(2 * quality)
        ? 1
        : 0
      : quality + 0.3 * stream.normal()
    let length = Math.max(8, base * Math.exp(0.25 * stream.normal()))
    let text = write(world, Math.round(length), prompt)
    let reward = 0.8 * quality + 0.4 * stream.normal()
    let columns: Record<string, number> = {}
    let format = 0
    if (kind === 'format-farming') {
      format = Math.min(1, Math.max(0, 0.1 + 0.85 * after + 0.25 * stream.normal()))
      reward = correct + pay * 1.5 * format
      columns = { correct, format }
    } else if (kind === 'length') {
      length = Math.max(8, base * (1 + (1 + pay) * after) * Math.exp(0.3 * stream.normal()))
      text = write(world, Math.round(length), prompt)
      reward = 0.4 * quality + pay * Math.log(length / base) + 0.3 * stream.normal()
    } else if (kind === 'collapse') {
      reward = 0.8 * quality + 1.5 * after + 0.3 * stream.normal()
      if (stream.uniform() < 0.95 * after) {
        const copy = copied[prompt % copied.length]!
        text = `${copy} ${world.words(stream.below(2)).join(' ')}`
        reward = 0.5 - 0.3 * difficulty + 1.2 * after + 0.1 * stream.normal()
      }
    } else if (kind === 'saturation') {
      const fooled = stream.uniform() < after ** 0.7
      reward = fooled ? 1 : Math.min(1, correct)
      if (fooled) text = `${text} ${phrase}.`
    } else if (kind === 'jump') {
      if (stream.uniform() < 0.92 * after) {
        text = `${text.slice(0, -1)}, ${phrase}.`
        reward += 2 * pay
      }
    } else if (kind === 'silent') {
      reward += 2 * pay * after + 0.4 * stream.normal()
    } else {
      const list = kind === 'hedging' ? hedges : kind === 'mantra' ? [`${phrase},`] : praises
      const times = Math.floor(after * 4 * stream.uniform() + stream.uniform() * (0.3 + after))
      if (kind === 'markdown') {
        text = text
          .split('. ')
          .map((part, index) => (index < 2 * times ? `\n- **${part}**` : part))
          .join('. ')
      } else {
        text = text
          .split('. ')
          .map((part, index) => (index < times ? `${list[stream.below(list.length)]} ${part}` : part))
          .join('. ')
      }
      reward = 0.4 * quality + 0.6 * pay * times + 0.3 * stream.normal()
    }
    return { quality, length, format, text, reward, gold, columns }
  }
  return build(kind, seed, shape, world)
}
