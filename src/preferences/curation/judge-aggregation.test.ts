import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgeAggregation, type Verdict } from './judge-aggregation.ts'

const votes = fc.array(fc.tuple(fc.constantFrom<Verdict>(1, 2, null), fc.boolean()), { maxLength: 7 })

test('exchanging the candidates of every vote turns every verdict round', () => {
  const turned = (verdict: Verdict): Verdict => (verdict === null ? null : verdict === 1 ? 2 : 1)
  fc.assert(
    fc.property(fc.array(votes, { maxLength: 4 }), (lists) => {
      const judges = lists.map((list) => ({
        votes: list.map(([vote]) => vote),
        swapped: list.map(([, swap]) => swap),
      }))
      const exchanged = judges.map((judge) => ({ ...judge, swapped: judge.swapped.map((swap) => !swap) }))
      const one = judgeAggregation(judges)
      const other = judgeAggregation(exchanged)
      expect(other.perModel).toEqual(one.perModel.map(turned))
      expect(other.verdict).toBe(turned(one.verdict))
    }),
  )
})

test('judges that abstain do not outvote one that decides', () => {
  const abstains = { votes: [1, 2] as Verdict[], swapped: [false, false] }
  const decides = { votes: [2] as Verdict[], swapped: [false] }
  expect(judgeAggregation([abstains, abstains, decides]).verdict).toBe(2)
  expect(judgeAggregation([]).verdict).toBeNull()
})

test('refuses votes without an order and votes that are none', () => {
  expect(() => judgeAggregation([{ votes: [1], swapped: [] }])).toThrow('1 votes, 0 orders')
  expect(() => judgeAggregation([{ votes: [3 as never], swapped: [true] }])).toThrow('vote 0')
})
