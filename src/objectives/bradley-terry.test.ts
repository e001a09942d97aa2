import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bradleyTerry } from './bradley-terry.ts'
import { bradleyTerryRobust } from './bradley-terry-robust.ts'
import { bradleyTerrySmoothed } from './bradley-terry-smoothed.ts'
import { bradleyTerrySoft } from './bradley-terry-soft.ts'
import { davidson, logTiePropensity } from './davidson.ts'
import { lengthNormalisedBradleyTerry } from './length-normalised-bradley-terry.ts'
import { evaluateObjective } from './objective.ts'
import { raoKupper } from './rao-kupper.ts'
import { strengthBradleyTerry } from './strength-bradley-terry.ts'

const chosen = [0.4, -1.2, 2, 0.3]
const rejected = [0.1, 0.5, -0.7, 0.3]

describe('Bradley–Terry', () => {
  it('is −log σ of the gap, and a margin of 0 changes nothing', async () => {
    const plain = await evaluateObjective(bradleyTerry, { chosen, rejected })
    plain.perRow!.forEach((loss, pair) => {
      expect(loss).toBeCloseTo(Math.log1p(Math.exp(rejected[pair]! - chosen[pair]!)), 12)
    })
    const margin = await evaluateObjective(bradleyTerry, { chosen, rejected, margin: [0, 0, 0, 0] })
    expect(margin).toEqual(plain)
  })

  it('moves nothing when no pair counts, also by its centring', async () => {
    const { loss, gradients } = await evaluateObjective(
      bradleyTerry,
      { chosen, rejected, mask: [0, 0, 0, 0] },
      { centring: 0.1 },
    )
    expect(loss).toBe(0)
    expect(Array.from(gradients.chosen!, Math.abs)).toEqual([0, 0, 0, 0])
  })

  it('gives weights that sum to 0 no gradient instead of NaN', async () => {
    const { loss, gradients } = await evaluateObjective(
      bradleyTerry,
      { chosen, rejected, weight: [0, 0, 0, 0] },
      { normaliseWeights: true },
    )
    expect(loss).toBe(0)
    expect(Array.from(gradients.rejected!).every((value) => Math.abs(value) === 0)).toBe(true)
  })

  it('does not change with a constant for a prompt unless it is centred', async () => {
    const shifted = { chosen: chosen.map((r) => r + 7), rejected: rejected.map((r) => r + 7) }
    const [a, b] = [
      await evaluateObjective(bradleyTerry, { chosen, rejected }),
      await evaluateObjective(bradleyTerry, shifted),
    ]
    expect(b.loss).toBeCloseTo(a.loss, 12)
    const centred = await evaluateObjective(bradleyTerry, shifted, { centring: 0.01 })
    expect(centred.loss).toBeGreaterThan(a.loss + 1)
  })
})

describe('labels that are not trusted', () => {
  it('smoothing of ½ leaves equal rewards alone, and is a soft label of ½', async () => {
    const equal = await evaluateObjective(
      bradleyTerrySmoothed,
      { chosen: [1, -3], rejected: [1, -3] },
      { smoothing: 0.5 },
    )
    expect(Array.from(equal.gradients.chosen!)).toEqual([0, 0])
    const smoothed = await evaluateObjective(bradleyTerrySmoothed, { chosen, rejected }, { smoothing: 0.3 })
    const soft = await evaluateObjective(bradleyTerrySoft, { chosen, rejected, target: [0.7, 0.7, 0.7, 0.7] })
    expect(soft.loss).toBeCloseTo(smoothed.loss, 12)
  })

  it('the robust loss over all flips, each as likely as it is, is the loss on right labels', async () => {
    const flipRate = 0.3
    const clean = await evaluateObjective(bradleyTerry, { chosen, rejected })
    let expected = 0
    for (let flips = 0; flips < 16; flips++) {
      const flipped = (pair: number): boolean => ((flips >> pair) & 1) === 1
      const probability = chosen.reduce((p, _, pair) => p * (flipped(pair) ? flipRate : 1 - flipRate), 1)
      const { loss } = await evaluateObjective(
        bradleyTerryRobust,
        {
          chosen: chosen.map((r, pair) => (flipped(pair) ? rejected[pair]! : r)),
          rejected: rejected.map((r, pair) => (flipped(pair) ? chosen[pair]! : r)),
        },
        { flipRate },
      )
      expected += probability * loss
    }
    expect(expected).toBeCloseTo(clean.loss, 12)
  })

  it('a flip rate of ½ is refused', async () => {
    await expect(
      evaluateObjective(bradleyTerryRobust, { chosen, rejected }, { flipRate: 0.5 }),
    ).rejects.toThrow('robust')
  })
})

describe('ties', () => {
  const values = { first: [1.4, -0.2, 0.5], second: [0.3, 0.4, 0.5], label: [1, -1, 0] }

  it('the three verdicts of both models share out all probability', async () => {
    for (const { parts } of [
      await evaluateObjective(raoKupper, { ...values, threshold: 0.6 }),
      await evaluateObjective(davidson, { ...values, logNu: logTiePropensity(0.8) }),
    ])
      parts.first!.forEach((p, pair) => {
        expect(p + parts.second![pair]! + parts.tie![pair]!).toBeCloseTo(1, 12)
      })
  })

  it('vanish with the threshold and with ν, and leave Bradley–Terry', async () => {
    const decided = { first: [1.4], second: [0.3], label: [1] }
    const plain = await evaluateObjective(bradleyTerry, { chosen: [1.4], rejected: [0.3] })
    const small = await evaluateObjective(raoKupper, { ...decided, threshold: 1e-9 })
    expect(small.parts.tie![0]).toBeLessThan(1e-8)
    expect(small.parts.tie![0]).toBeGreaterThan(0)
    expect(small.loss).toBeCloseTo(plain.loss, 8)
    const rare = await evaluateObjective(davidson, { ...decided, logNu: -700 })
    expect(rare.loss).toBeCloseTo(plain.loss, 12)
  })

  it('refuses labels and thresholds that are none', async () => {
    await expect(evaluateObjective(raoKupper, { ...values, label: [1, 2, 0], threshold: 1 })).rejects.toThrow(
      'out of range',
    )
    await expect(evaluateObjective(raoKupper, { ...values, threshold: 0 })).rejects.toThrow('above 0')
    expect(() => logTiePropensity(0)).toThrow('above 0')
  })
})

describe('strengths', () => {
  it('of m weigh as m copies of the pair, and flip with the order of the two', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(-3, -2, -1, 1, 2, 3), async (label) => {
        const one = await evaluateObjective(
          strengthBradleyTerry,
          { first: [0.4], second: [1], label: [label] },
          { kind: 'scaled' },
        )
        const swapped = await evaluateObjective(
          strengthBradleyTerry,
          { first: [1], second: [0.4], label: [-label] },
          { kind: 'scaled' },
        )
        const single = await evaluateObjective(
          strengthBradleyTerry,
          { first: [0.4], second: [1], label: [Math.sign(label)] },
          { kind: 'scaled' },
        )
        expect(swapped.loss).toBeCloseTo(one.loss, 12)
        expect(one.loss).toBeCloseTo(Math.abs(label) * single.loss, 12)
        expect(one.gradients.first![0]).toBeCloseTo(Math.abs(label) * single.gradients.first![0]!, 12)
      }),
      { numRuns: 6 },
    )
  })
})

describe('lengths', () => {
  it('below one token are refused; without lengths the loss is plain', async () => {
    await expect(
      evaluateObjective(lengthNormalisedBradleyTerry, {
        chosen: [1],
        rejected: [0],
        chosenLength: [0],
        rejectedLength: [4],
      }),
    ).rejects.toThrow('shorter than one token')
    const plain = await evaluateObjective(bradleyTerry, { chosen, rejected })
    const none = await evaluateObjective(lengthNormalisedBradleyTerry, { chosen, rejected })
    expect(none.loss).toBe(plain.loss)
  })
})
