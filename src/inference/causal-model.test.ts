import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import {
  causalFiles,
  EMBEDDINGS,
  encoderFiles,
  HEAD,
  idOf,
  WIDTH,
  WORDS,
  writeModel,
} from '../../test/models/tiny-models.ts'
import { CausalModel } from './causal-model.ts'

const root = mkdtempSync(join(tmpdir(), 'causal-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const plain = writeModel(join(root, 'plain'), causalFiles({ past: false, begin: true }))
const withPast = writeModel(join(root, 'past'), causalFiles({ past: true, begin: true }))
const withoutBegin = writeModel(join(root, 'no-begin'), causalFiles({ past: false, begin: false }))

/** ln p of the tokens from `from` on: softmax of the head on the sum of what came before, by the model's definition. */
function byHand(ids: readonly number[], from: number): number[] {
  return ids.slice(from).map((target, step) => {
    const sum = new Array(WIDTH).fill(0) as number[]
    for (const id of ids.slice(0, from + step))
      for (let column = 0; column < WIDTH; column++) sum[column]! += EMBEDDINGS.data[id * WIDTH + column]!
    const logits = WORDS.map((_, token) =>
      sum.reduce((total, value, column) => total + value * HEAD.data[column * WORDS.length + token]!, 0),
    )
    const most = Math.max(...logits)
    return (
      logits[target]! - most - Math.log(logits.reduce((total, logit) => total + Math.exp(logit - most), 0))
    )
  })
}

const idsOf = (text: string) =>
  text
    .split(' ')
    .filter((word) => word !== '')
    .map(idOf)
const CLS = idOf('[CLS]')

describe('CausalModel', () => {
  it('gives what the logits say, with and without a past among the inputs', async () => {
    const word = fc.constantFrom(...WORDS.slice(4))
    const text = (least: number) =>
      fc.array(word, { minLength: least, maxLength: 5 }).map((words) => words.join(' '))
    for (const folder of [plain, withPast]) {
      const model = await CausalModel.open({ model: folder, threads: 1, rowsTogether: 3 })
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(text(0), text(0)), { maxLength: 6 }), async (pairs) => {
          const found = await model.logProbabilities(
            pairs.map(([prompt]) => prompt),
            pairs.map(([, completion]) => completion),
          )
          for (const [row, [prompt, completion]] of pairs.entries()) {
            const ids = [CLS, ...idsOf(prompt), ...idsOf(completion)]
            const expected = byHand(ids, ids.length - idsOf(completion).length)
            const [start, end] = [found.offsets[row]!, found.offsets[row + 1]!]
            expect([...found.tokens.subarray(start, end)]).toEqual(idsOf(completion))
            for (const [place, value] of expected.entries())
              expect(found.logProbabilities[start + place]).toBeCloseTo(value, 4)
            expect(end - start).toBe(expected.length)
            expect(found.sums[row]).toBeCloseTo(
              expected.reduce((total, value) => total + value, 0),
              4,
            )
          }
        }),
        { numRuns: 15 },
      )
      await model.close()
    }
  })

  it('takes token ids as they are, without a begin token', async () => {
    const model = await CausalModel.open({ model: plain, threads: 1 })
    const found = await model.logProbabilities([[4, 5]], [Int32Array.of(6, 7)])
    expect([...found.logProbabilities]).toEqual(
      byHand([4, 5, 6, 7], 2).map((value) => expect.closeTo(value, 4)),
    )
    await model.close()
  })

  it('counts the end token where it is asked to', async () => {
    const model = await CausalModel.open({ model: plain, threads: 1, endToken: true })
    const found = await model.logProbabilities(['the'], ['cat'])
    expect([...found.tokens]).toEqual([idOf('cat'), idOf('[SEP]')])
    expect([...found.logProbabilities]).toEqual(
      byHand([CLS, ...idsOf('the cat'), idOf('[SEP]')], 2).map((value) => expect.closeTo(value, 4)),
    )
    await model.close()
  })

  it('cuts the beginning of a prompt, never a completion', async () => {
    const model = await CausalModel.open({ model: plain, threads: 1, maxTokens: 5 })
    const found = await model.logProbabilities(['the cat sat on', 'the'], ['mat dog', 'mat dog'])
    expect([...found.cut]).toEqual([1, 0])
    expect([...found.logProbabilities.subarray(0, 2)]).toEqual(
      byHand([CLS, ...idsOf('sat on mat dog')], 3).map((value) => expect.closeTo(value, 4)),
    )
    await expect(model.logProbabilities(['a'], ['the the the the the'])).rejects.toMatchObject({
      code: 'ROW_INVALID',
      where: { row: '0' },
    })
    await model.close()
  })

  it('refuses a first token that nothing stands before', async () => {
    const model = await CausalModel.open({ model: withoutBegin, threads: 1 })
    expect([...(await model.logProbabilities(['the'], ['cat'])).logProbabilities]).toEqual([
      expect.closeTo(byHand(idsOf('the cat'), 1)[0]!, 4),
    ])
    await expect(model.logProbabilities([''], ['cat'])).rejects.toThrow(
      /nothing stands before the completion/,
    )
    expect((await model.logProbabilities([''], [''])).sums).toEqual(Float64Array.of(0))
    await expect(model.logProbabilities([''], [])).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' })
    await model.close()
  })

  it('refuses models that give no logits', async () => {
    const encoder = writeModel(join(root, 'encoder'), encoderFiles())
    await expect(CausalModel.open({ model: encoder })).rejects.toThrow(/gives no logits/)
    await expect(CausalModel.open({ model: encoder, endToken: true })).rejects.toThrow(/names no eos_token/)
  })
})
