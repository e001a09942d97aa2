/**
 * What holds for every objective: gradients agree with central differences, nothing overflows on equal and on huge
 * inputs in either precision, and none is missing from the list.
 */
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Compiled, compile } from '../engine/compile.ts'
import { gradients } from '../engine/gradient.ts'
import type { Dtype } from '../engine/node.ts'
import type { Tensor } from '../engine/tensor.ts'
import { RandomStream } from '../numerics/random.ts'
import type { Objective } from './objective.ts'
import { objectiveNamed, objectives } from './objectives.ts'

interface Given {
  readonly shape: readonly number[]
  readonly values: readonly number[]
  /** an ordinary value even where rewards are huge: a scale, a threshold */
  readonly fixed?: boolean
}

interface Sample {
  readonly inputs: Readonly<Record<string, Given>>
  readonly parameters?: Readonly<Record<string, unknown>>
}

const stream = new RandomStream(20261124)
const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)
const drawn = (...shape: number[]): Given => ({
  shape,
  values: Array.from({ length: size(shape) }, () => stream.normal()),
})
const given = (values: readonly number[], ...shape: number[]): Given => ({
  shape: shape.length === 0 ? [values.length] : shape,
  values,
})
const fixed = (of: Given): Given => ({ ...of, fixed: true })
const number = (value: number): Given => ({ shape: [], values: [value], fixed: true })

const pairs = () => ({ chosen: drawn(4), rejected: drawn(4), mask: given([1, 1, 0, 1]) })
const verdicts = () => ({ first: drawn(4), second: drawn(4), label: given([1, -1, 0, 1]) })
const policy = () => ({
  policyChosen: drawn(4),
  policyRejected: drawn(4),
  referenceChosen: drawn(4),
  referenceRejected: drawn(4),
})
const lists = () => ({ rewards: drawn(2, 4), ratings: given([3, 1, 1, 2, 0, 0, 4, 4], 2, 4) })
const views = () => ({
  chosen1: drawn(3, 4),
  rejected1: drawn(3, 4),
  chosen2: drawn(3, 4),
  rejected2: drawn(3, 4),
})

const samples: Readonly<Record<string, readonly Sample[]>> = {
  'bradley-terry': [
    { inputs: { ...pairs(), margin: given([0, 1, 2, -1]), weight: given([1, 2, 0.5, 3]) } },
    { inputs: pairs(), parameters: { centring: 0.1 } },
    { inputs: { ...pairs(), weight: given([1, 2, 0.5, 3]) }, parameters: { normaliseWeights: true } },
  ],
  'strength-bradley-terry': ['regular', 'margin', 'scaled'].map((kind) => ({
    inputs: { ...verdicts(), label: given([-3, 2, 0, 1]) },
    parameters: { kind, magnitudes: [1, 3, 10] },
  })),
  'masked-regression': [
    { inputs: { prediction: drawn(2, 3), label: given([1, -100, 3, 0, 2, -100], 2, 3) } },
  ],
  'bradley-terry-soft': [{ inputs: { ...pairs(), target: given([0, 1, 0.3, 0.6]) } }],
  'bradley-terry-smoothed': [{ inputs: pairs(), parameters: { smoothing: 0.2 } }],
  'bradley-terry-robust': [{ inputs: pairs(), parameters: { flipRate: 0.3 } }],
  'bradley-terry-regularised': [{ inputs: pairs(), parameters: { regularisation: 0.1 } }],
  'bradley-terry-tie-squared': [{ inputs: { ...pairs(), tie: given([0, 1, 1, 0]) } }],
  'rao-kupper': [{ inputs: { ...verdicts(), threshold: number(0.4) } }],
  davidson: [{ inputs: { ...verdicts(), logNu: number(-0.3) } }],
  'pairwise-hinge': [{ inputs: pairs() }],
  'focal-bradley-terry': [{ inputs: pairs(), parameters: { gamma: 0.5 } }, { inputs: pairs() }],
  'focal-ranking-internlm': [{ inputs: pairs() }],
  'plackett-luce': [
    { inputs: { rewards: drawn(2, 4), ranking: given([2, 0, 1, 3, 3, 1, 0, 2], 2, 4) } },
    {
      inputs: {
        rewards: drawn(2, 4),
        ranking: given([2, 0, 1, 3, 3, 1, 0, 2], 2, 4),
        length: given([4, 2]),
      },
      parameters: { k: 3 },
    },
  ],
  listnet: [{ inputs: lists() }, { inputs: { ...lists(), mask: given([1, 1, 1, 0, 1, 1, 0, 1], 2, 4) } }],
  'all-pairs-bradley-terry': [
    { inputs: lists() },
    { inputs: { ...lists(), mask: given([1, 1, 1, 0, 1, 1, 0, 1], 2, 4) } },
  ],
  'rating-cross-entropy': [{ inputs: { logits: drawn(3, 4), rating: given([0, 3, 1]) } }],
  'ordinal-logit': [
    { inputs: { rewards: drawn(4), thresholds: fixed(given([-1, 0.2, 1.5])), rating: given([0, 1, 2, 3]) } },
    { inputs: { rewards: drawn(2), thresholds: fixed(given([0.2])), rating: given([0, 1]) } },
  ],
  'process-bce': [{ inputs: { logits: drawn(2, 3), labels: given([-100, 1, 0.3, 0, -100, 1], 2, 3) } }],
  'process-two-class': [
    { inputs: { logits: drawn(2, 3, 2), labels: given([-100, 1, 0, 0, -100, 1], 2, 3) } },
  ],
  dpo: ['sigmoid', 'ipo', 'hinge', 'robust'].map((type) => ({
    inputs: policy(),
    parameters: { type, labelSmoothing: 0.1 },
  })),
  simcse: [{ inputs: { view1: drawn(3, 4), view2: drawn(3, 4) }, parameters: { temperature: 0.5 } }],
  'length-normalised-bradley-terry': [
    {
      inputs: { ...pairs(), chosenLength: given([1, 20, 300, 7]), rejectedLength: given([4, 9, 200, 1]) },
      parameters: { centring: 0.1 },
    },
  ],
  'length-head': [
    {
      inputs: {
        chosenQuality: drawn(4),
        rejectedQuality: drawn(4),
        chosenLengthReward: drawn(4),
        rejectedLengthReward: drawn(4),
        chosenLength: given([10, 20, 30, 7]),
        rejectedLength: given([4, 9, 20, 11]),
      },
    },
  ],
  'more-ranking': [{ inputs: { rewards: drawn(3, 3), scores: given([1, 0, -1, 2, 2, 1, 0, 1, 2], 3, 3) } }],
  'more-weighted-ranking': [
    {
      inputs: {
        rewards: drawn(3, 2),
        scores: given([1, 0, 0, 1, 1, 1], 3, 2),
        weights: given([0.2, 0.5, 0.3]),
        sources: given([0, 1, 1]),
      },
    },
  ],
  'mixture-bradley-terry': [
    {
      inputs: {
        chosen: drawn(3, 2),
        rejected: drawn(3, 2),
        router: drawn(3, 2),
        headWeights: fixed(drawn(2, 4)),
      },
      parameters: { orthogonal: 0.1, norm: 0.2, correlation: 0.3 },
    },
    { inputs: { chosen: drawn(3, 2), rejected: drawn(3, 2), router: drawn(2) } },
  ],
  'limited-trajectory-ppo': ['instruct-gpt', 'abs', 'square'].map((mode) => ({
    inputs: {
      logProbabilities: fixed(given([-1, -2, -0.5, -1.5, -0.3, 0], 2, 3)),
      oldLogProbabilities: given([-1.1, -1.9, -0.8, -1.2, -0.4, 0], 2, 3),
      values: fixed(given([0.3, 0.1, -0.4, 0.7, 0.2, 0], 2, 3)),
      oldValues: given([0.2, 0.5, -0.1, 0.6, 0.3, 0], 2, 3),
      mask: given([1, 1, 1, 1, 1, 0], 2, 3),
      scores: given([1, -0.5]),
    },
    parameters: { mode },
  })),
  'variational-preference': ['language', 'control'].map((form) => ({
    inputs: {
      first: drawn(2, 3),
      second: drawn(2, 3),
      label: given([1, 0, 1, 1, 0, 0], 2, 3),
      mask: given([1, 1, 1, 1, 1, 0], 2, 3),
      mean: fixed(drawn(2, 2)),
      logVariance: fixed(drawn(2, 2)),
      priorMean: fixed(drawn(2)),
      priorLogVariance: fixed(drawn(2)),
      weight: number(0.3),
    },
    parameters: { form },
  })),
  'categorical-reward': [
    {
      inputs: { chosen: drawn(3, 4), rejected: drawn(3, 4) },
      parameters: { entropy: 0.1 },
    },
  ],
  'mean-variance-reward': [{ inputs: { chosen: drawn(3, 2), rejected: drawn(3, 2) } }],
  'moss-bradley-terry': [{ inputs: pairs() }],
  'adaptive-margin': [{ inputs: { ...pairs(), strength: drawn(4) } }],
  'soft-label-margin': [{ inputs: { ...pairs(), strength: given([1, -1, 0, -0.3]) } }],
  'contrastive-pairs': [{ inputs: views(), parameters: { temperature: 0.5 } }],
  'contrastive-differences': [{ inputs: views(), parameters: { temperature: 0.5 } }],
  swav: [
    // The assignments carry no gradient, so a difference of the loss would see what the gradient leaves out.
    { inputs: { viewT: fixed(drawn(3, 4)), viewS: fixed(drawn(3, 4)), prototypes: fixed(drawn(2, 4)) } },
  ],
  'metarm-difference': [{ inputs: { rewards: drawn(2, 3) } }],
  'strength-dpo': ['regular', 'margin', 'scaled'].map((kind) => ({
    inputs: { ...policy(), magnitude: given([1, 2, 3, 1]) },
    parameters: { kind },
  })),
  'mm-dpo': [
    {
      inputs: { ...policy(), factor: given([0, 0.3, 0.9, 0.5]), sft: given([1, 2, 3, 4]) },
      parameters: { labelWeight: 0.9, sftWeight: 0.25 },
    },
  ],
  'implicit-beta-dpo': [{ inputs: { ...policy(), keep: given([1, 0, 1, 1]) } }],
  'kto-pair': [{ inputs: policy() }],
  'contrast-loss': [{ inputs: { own: drawn(3), otherAnswer: drawn(3), otherInstruction: drawn(3) } }],
  'critique-reward': [
    {
      inputs: {
        ...pairs(),
        tie: given([0, 1, 1, 0]),
        critiqueLossChosen: given([1, 2, 3, 4]),
        critiqueLossRejected: given([2, 1, 0, 1]),
        noCritique: given([0, 1, 0, 0]),
      },
    },
  ],
}

/** Losses of which a part is held constant on purpose, so that differences of the value are no check. */
const partlyConstant = new Set(['swav', 'implicit-beta-dpo', 'limited-trajectory-ppo'])

const freeInputs = (objective: Objective, { inputs }: Sample): string[] =>
  Object.keys(inputs).filter((name) => objective.inputs[name]!.differentiable)

function program(objective: Objective, sample: Sample, dtype: Dtype): Promise<Compiled<string>> {
  const free = freeInputs(objective, sample)
  return compile<string, string>(
    Object.fromEntries(
      Object.entries(sample.inputs).map(([name, { shape }]) => [
        name,
        { shape, dtype: objective.inputs[name]!.dtype ?? dtype },
      ]),
    ),
    (tensors) => {
      const { loss } = objective(tensors, sample.parameters)
      const found = gradients(
        loss,
        free.map((name) => tensors[name]!),
      )
      return {
        loss,
        ...Object.fromEntries(free.map((name, i) => [`gradient ${name}`, found[i]!])),
      } as Record<string, Tensor>
    },
  )
}

const valuesOf = ({ inputs }: Sample): Record<string, number[]> =>
  Object.fromEntries(Object.entries(inputs).map(([name, { values }]) => [name, [...values]]))

const cases = Object.entries(samples).flatMap(([name, list]) =>
  list.map((sample, index) => ({ name, index, sample, objective: objectiveNamed(name) })),
)

describe('gradients of', () => {
  it.each(cases.filter(({ name }) => !partlyConstant.has(name)))(
    '$name ($index) agree with central differences',
    async ({ objective, sample }) => {
      const compiled = await program(objective, sample, 'float64')
      const values = valuesOf(sample)
      const found = await compiled.run(values)
      const step = 1e-5
      for (const name of freeInputs(objective, sample)) {
        const own = values[name]!
        for (let place = 0; place < own.length; place++) {
          const kept = own[place]!
          own[place] = kept + step
          const above = Number((await compiled.run(values)).loss!.values[0])
          own[place] = kept - step
          const below = Number((await compiled.run(values)).loss!.values[0])
          own[place] = kept
          const expected = (above - below) / (2 * step)
          const gradient = Number(found[`gradient ${name}`]!.values[place])
          expect(Math.abs(gradient - expected), `${name}[${place}]: ${gradient}, ${expected}`).toBeLessThan(
            2e-6 * Math.max(1, Math.abs(expected)),
          )
        }
      }
      await compiled.close()
    },
  )
})

describe('loss and gradients are finite for', () => {
  it.each(cases)('$name ($index), equal and huge inputs, both precisions', async ({ objective, sample }) => {
    const free = freeInputs(objective, sample).filter((name) => sample.inputs[name]!.fixed !== true)
    for (const dtype of ['float64', 'float32'] as const) {
      const compiled = await program(objective, sample, dtype)
      const patterns: ((place: number, turn: number) => number)[] = [
        () => 0,
        () => 1.5,
        (place, turn) => (turn % 2 === 0 ? 800 : -800) * (place % 2 === 0 ? 1 : 0.5),
        (place, turn) => (turn % 2 === 0 ? -800 : 800) * (place % 3 === 0 ? -1 : 1),
      ]
      for (const [at, pattern] of patterns.entries()) {
        const values = valuesOf(sample)
        free.forEach((name, turn) => {
          values[name] = values[name]!.map((_, place) => pattern(place, turn))
        })
        const found = await compiled.run(values)
        for (const [output, { values: numbers }] of Object.entries(found))
          expect(
            Array.from(numbers).every(Number.isFinite),
            `${dtype}, pattern ${at}, ${output}: ${Array.from(numbers)}`,
          ).toBe(true)
      }
      await compiled.close()
    }
  })
})

describe('the list of objectives', () => {
  it('holds every objective that a file here defines, and each has a sample above', async () => {
    const files = readdirSync(import.meta.dirname).filter((name) => /^[a-z-]+\.ts$/.test(name))
    const defined: string[] = []
    for (const file of files) {
      for (const value of Object.values((await import(`./${file}`)) as Record<string, unknown>))
        if (typeof value === 'function' && (value as { kind?: unknown }).kind === 'objective')
          defined.push((value as unknown as Objective).name)
    }
    expect(objectives.map(({ name }) => name).sort()).toEqual([...new Set(defined)].sort())
    expect(Object.keys(samples).sort()).toEqual([...new Set(defined)].sort())
  })

  it('finds an objective by another name and refuses one that is not there', () => {
    expect(objectiveNamed('log-exp').name).toBe('bradley-terry')
    expect(() => objectiveNamed('bradly-terry')).toThrow('there is no objective "bradly-terry"')
  })
})
