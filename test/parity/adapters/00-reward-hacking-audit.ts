/** Vectors of card 00-reward-hacking-audit. */
import { bestOfN, bestOfNKl } from '../../../src/numerics/best-of-n.ts'
import { ensembleDisagreement } from '../../../src/numerics/ensemble-disagreement.ts'
import { groupsFromIds } from '../../../src/numerics/grouped.ts'
import { holm } from '../../../src/numerics/holm.ts'
import { fitOveroptimisation } from '../../../src/numerics/overoptimisation-fit.ts'
import { partialCorrelation } from '../../../src/numerics/partial-correlation.ts'
import { perturbation } from '../../../src/numerics/perturbation.ts'
import { positionBias, type Winner } from '../../../src/numerics/position-bias.ts'
import { proxyGoldDivergence } from '../../../src/numerics/proxy-gold-divergence.ts'
import { RandomStream } from '../../../src/numerics/random.ts'
import { saturation } from '../../../src/numerics/saturation.ts'
import { signFlipTest } from '../../../src/numerics/sign-flip-test.ts'
import { tailSlope } from '../../../src/numerics/tail-slope.ts'
import { wilsonInterval } from '../../../src/numerics/wilson-interval.ts'
import { withinPromptDistance } from '../../../src/numerics/within-prompt-distance.ts'
import { gramSet, jaccard, wordsOf } from '../../../src/numerics/word-grams.ts'

type Numbers = readonly number[]
const typed = (numbers: Numbers): Float64Array => Float64Array.from(numbers)

export const functions = {
  'best-of-n-kl': ({ n }: { n: Numbers }) => ({ kl: n.map(bestOfNKl) }),
  'best-of-n-expected': ({ proxy, gold, n }: { proxy: Numbers; gold: Numbers; n: Numbers }) => ({
    gold: bestOfN(typed(proxy), typed(gold), n),
    proxy: bestOfN(typed(proxy), typed(proxy), n),
  }),
  'overoptimisation-fit': ({ kl, gold, form }: { kl: Numbers; gold: Numbers; form: 'bon' | 'rl' }) =>
    fitOveroptimisation(typed(kl), typed(gold), form),
  'partial-correlation': (input: {
    reward: Numbers
    attribute: Numbers
    controls: Numbers[]
    groups: Numbers
  }) =>
    partialCorrelation(
      typed(input.reward),
      typed(input.attribute),
      input.controls.map(typed),
      groupsFromIds(input.groups),
    ),
  'sign-flip-test': ({ differences }: { differences: Numbers }) =>
    signFlipTest(typed(differences), new RandomStream(1)),
  'wilson-interval': ({ k, n }: { k: Numbers; n: Numbers }) => ({
    intervals: k.map((count, index) => wilsonInterval(count, n[index]!)),
  }),
  holm: ({ p }: { p: Numbers }) => ({ adjusted: holm(p) }),
  saturation: (input: { scores: Numbers; groups: Numbers; minimum: number; maximum: number }) =>
    saturation(typed(input.scores), groupsFromIds(input.groups), input.minimum, input.maximum),
  'proxy-gold-divergence': (input: { proxy: Numbers; gold: Numbers; standardError: number }) =>
    proxyGoldDivergence(typed(input.proxy), typed(input.gold), input.standardError),
  'position-bias': ({ winners }: { winners: [Winner, Winner][] }) => positionBias(winners),
  'near-duplicates': ({ texts, n }: { texts: string[]; n: number }) => {
    const sets = texts.map((text) => gramSet(wordsOf(text), n))
    return { jaccard: sets.map((a) => sets.map((b) => jaccard(a, b))) }
  },
  perturbation: (input: { base: Numbers; perturbed: Numbers; groups: Numbers }) =>
    perturbation(typed(input.base), typed(input.perturbed), groupsFromIds(input.groups)),
  'tail-slope': (input: { proxy: Numbers; gold: Numbers; groups: Numbers; share: number }) =>
    tailSlope(typed(input.proxy), typed(input.gold), groupsFromIds(input.groups), input.share),
  'within-prompt-distance': (input: { a: Numbers; b: Numbers; groups: Numbers }) =>
    withinPromptDistance(typed(input.a), typed(input.b), groupsFromIds(input.groups)),
  'ensemble-disagreement': ({ members, picked }: { members: Numbers[]; picked: Numbers }) =>
    ensembleDisagreement(members.map(typed), picked),
}
