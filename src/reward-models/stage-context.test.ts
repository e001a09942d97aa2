import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { bradleyTerryHead } from './bradley-terry-head.ts'
import { pairsOfFeatures } from './encoded-pairs.ts'
import { stageContext } from './stage-context.ts'

const folder = mkdtempSync(join(tmpdir(), 'guerdon-stages-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('stageContext', () => {
  it('names progress, data and checkpoints, and leaves what is absent absent', () => {
    const told: string[] = []
    const context = stageContext(
      { seed: 1, checkpoints: folder, data: 'digest', progress: (stage) => told.push(stage) },
      'voter 1 of 2',
    )
    context.progress!('head', 1, 2, 0)
    expect(told).toEqual(['voter 1 of 2: head'])
    expect(context.data).toBe('digest voter 1 of 2')
    expect(existsSync(join(folder, 'voter-1-of-2'))).toBe(true)
    expect(stageContext({ seed: 1 }, 'x')).toEqual({ seed: 1 })
  })

  it('keeps two trainings with the same stage apart, and lets each continue from its own', async () => {
    const stream = new RandomStream(1)
    const values = (count: number) => Array.from({ length: count }, () => stream.normal())
    const pairs = pairsOfFeatures(values(120), values(120), 2)
    const data = { train: pairs, validation: pairs }
    const run = async (name: string, seed: number) =>
      (
        await bradleyTerryHead.run(
          data,
          { hidden: [4], epochs: 2, batchSize: 16 },
          stageContext({ seed, worker: false, checkpoints: folder, data: 'digest' }, name),
        )
      ).model.weights
    const one = await run('one', 1)
    const other = await run('other', 2)
    expect(other).not.toEqual(one)
    expect(await run('one', 1)).toEqual(one)
  })
})
