import { expect, test } from 'vitest'
import { allPairsBradleyTerry } from './all-pairs-bradley-terry.ts'
import { bradleyTerry } from './bradley-terry.ts'
import { listnet } from './listnet.ts'
import { evaluateObjective } from './objective.ts'
import { plackettLuce } from './plackett-luce.ts'

const rewards = [0.4, -1.2, 2, 0.3]

/** Every order of the places 0 … n − 1. */
const orders = (places: readonly number[]): number[][] =>
  places.length === 0
    ? [[]]
    : places.flatMap((place) =>
        orders(places.filter((other) => other !== place)).map((rest) => [place, ...rest]),
      )

test('likelihoods of all rankings of four sum to 1, and of the first two places too', async () => {
  let all = 0
  const tops = new Map<string, number>()
  for (const ranking of orders([0, 1, 2, 3])) {
    all += Math.exp(-(await evaluateObjective(plackettLuce, { rewards, ranking })).loss)
    const { loss } = await evaluateObjective(plackettLuce, { rewards, ranking }, { k: 2 })
    tops.set(ranking.slice(0, 2).join(), Math.exp(-loss))
  }
  expect(all).toBeCloseTo(1, 12)
  expect([...tops.values()].reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12)
})

test('two completions are Bradley–Terry, with its gradients; one is 0', async () => {
  const list = await evaluateObjective(plackettLuce, { rewards: [0.4, 1.1], ranking: [1, 0] })
  const pair = await evaluateObjective(bradleyTerry, { chosen: [1.1], rejected: [0.4] })
  expect(list.loss).toBeCloseTo(pair.loss, 12)
  expect(list.gradients.rewards![1]).toBeCloseTo(pair.gradients.chosen![0]!, 12)
  const single = await evaluateObjective(plackettLuce, { rewards: [3], ranking: [0] })
  expect(single.loss).toBe(0)
  expect(single.gradients.rewards![0]).toBe(0)
})

test('places that are not there change nothing and get no gradient', async () => {
  const short = await evaluateObjective(plackettLuce, { rewards: [0.4, -1.2], ranking: [1, 0] })
  const filled = await evaluateObjective(plackettLuce, {
    rewards: [[0.4, -1.2, 50, 50]],
    ranking: [[1, 0, 2, 3]],
    length: [2],
  })
  expect(filled.loss).toBeCloseTo(short.loss, 12)
  expect(Array.from(filled.gradients.rewards!).slice(2)).toEqual([0, 0])
  const masked = await evaluateObjective(listnet, {
    rewards: [[0.4, -1.2, 50]],
    ratings: [[1, 2, 9]],
    mask: [[1, 1, 0]],
  })
  const plain = await evaluateObjective(listnet, { rewards: [0.4, -1.2], ratings: [1, 2] })
  expect(masked.loss).toBeCloseTo(plain.loss, 12)
})

test('refuses a ranking that leaves a place out', async () => {
  await expect(evaluateObjective(plackettLuce, { rewards, ranking: [0, 1, 1, 3] })).rejects.toThrow(
    'every place once',
  )
})

test('all pairs: a list counts once however long, and equal ratings say nothing', async () => {
  const both = await evaluateObjective(allPairsBradleyTerry, {
    rewards: [
      [0.4, -1.2, 2],
      [1, 0, 0],
    ],
    ratings: [
      [3, 1, 2],
      [2, 1, 0],
    ],
    mask: [
      [1, 1, 1],
      [1, 1, 0],
    ],
  })
  const first = await evaluateObjective(allPairsBradleyTerry, { rewards: [0.4, -1.2, 2], ratings: [3, 1, 2] })
  const second = await evaluateObjective(bradleyTerry, { chosen: [1], rejected: [0] })
  expect(both.loss).toBeCloseTo((first.loss + second.loss) / 2, 12)
  const none = await evaluateObjective(allPairsBradleyTerry, { rewards, ratings: [1, 1, 1, 1] })
  expect(none.loss).toBe(0)
})
