import { expect, test } from 'vitest'
import { PromptBlocks } from './prompt-blocks.ts'

test('a prompt keeps its own sums while others come', () => {
  const blocks = new PromptBlocks(2)
  for (let prompt = 0; prompt < 3000; prompt++) blocks.add(`prompt ${prompt}`, [1, prompt])
  blocks.add('prompt 7', [1, 1])
  expect([...blocks.sumsOf('prompt 7')]).toEqual([2, 8])
  expect([...blocks.sumsOf('prompt 2999')]).toEqual([1, 2999])
  expect(blocks).toMatchObject({ count: 3000, joined: false })
})

test('beyond what can be told apart, prompts share blocks and nothing is lost', () => {
  const blocks = new PromptBlocks(1)
  for (let prompt = 0; prompt < 20_000; prompt++) blocks.add(`p${prompt}`, [1])
  expect(blocks).toMatchObject({ count: 16_384, joined: true })
  const share = (totals: Float64Array): number => totals[0]!
  const [low, high] = blocks.interval(share, 1)!
  expect(low).toBeLessThan(20_000)
  expect(high).toBeGreaterThan(20_000)
  const before = blocks.sumsOf('p19999')[0]!
  blocks.add('p19999', [1])
  expect(blocks.sumsOf('p19999')[0]).toBe(before + 1)
})

test('pairs of one prompt move together: the interval is wider than over as many prompts', () => {
  const width = (prompts: number): number => {
    const blocks = new PromptBlocks(2)
    for (let pair = 0; pair < 400; pair++) {
      blocks.add(`p${pair % prompts}`, [1, pair % prompts < prompts / 2 ? 1 : 0])
    }
    const [low, high] = blocks.interval((totals) => totals[1]! / totals[0]!, 1)!
    return high - low
  }
  expect(width(10)).toBeGreaterThan(3 * width(400))
})

test('few prompts, and prompts that all say the same, have no interval', () => {
  const rate = (totals: Float64Array): number => totals[1]! / totals[0]!
  const blocks = new PromptBlocks(2)
  for (let prompt = 0; prompt < 9; prompt++) blocks.add(`p${prompt}`, [1, prompt % 2])
  expect(blocks.interval(rate, 1)).toBeNull()
  blocks.add('p9', [1, 1])
  expect(blocks.interval(rate, 1)).not.toBeNull()
  const same = new PromptBlocks(2)
  for (let prompt = 0; prompt < 20; prompt++) same.add(`p${prompt}`, [1, 1])
  expect(same.interval(rate, 1)).toBeNull()
})
