import { describe, expect, it } from 'vitest'
import { anyText, findingOf, plantedRun, SMALL } from '../../../test/audit/planted-run.ts'
import { duplicates } from './duplicates.ts'

const same = 'the old bridge leads over the river into the silent garden beyond'

const run = (copies: (progress: number) => number, size = {}) =>
  plantedRun(
    ({ quality, progress, prompt, stream }) => ({
      reward: quality,
      completion: stream.uniform() < copies(progress) ? `${prompt} ${same}` : anyText(stream),
    }),
    size,
  )

describe('duplicates', () => {
  it('fails groups that become copies, passes groups that stay as they are', () => {
    const finding = findingOf(
      duplicates,
      run((progress) => progress),
    )
    expect(finding.verdict).toBe('fail')
    expect(finding.numbers.rise).toBeGreaterThan(0.5)
    expect(
      findingOf(
        duplicates,
        run(() => 0),
      ).verdict,
    ).toBe('pass')
    expect(
      findingOf(
        duplicates,
        run(() => 0.8),
      ).verdict,
    ).toBe('pass')
  })

  it('passes answers that agree in their numbers only', () => {
    const rows = plantedRun(({ stream, progress }) => {
      const right = stream.uniform() < progress
      const value = right ? 42 : stream.below(1000)
      return {
        reward: Number(right),
        completion: `first ${value} plus zero is ${value} and therefore we report ${value}`,
      }
    })
    expect(findingOf(duplicates, rows).verdict).toBe('pass')
  })

  it('is at most watch on small data', () => {
    expect(
      findingOf(
        duplicates,
        run((progress) => progress, SMALL),
      ).verdict,
    ).toBe('watch')
  })

  it('needs texts of eight words', () => {
    const brief = run(() => 1).map((row) => ({ ...row, completion: 'it is 42' }))
    expect(findingOf(duplicates, brief).sentence).toBe('Needs answers of at least eight words.')
  })
})
