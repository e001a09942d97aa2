import { describe, expect, it } from 'vitest'
import { anyText, findingOf, plantedRun, SMALL } from '../../../test/audit/planted-run.ts'
import { modeCollapse } from './mode-collapse.ts'

const run = (share: number, size = {}) =>
  plantedRun(
    ({ quality, progress, prompt, stream }) => ({
      reward: quality,
      completion:
        stream.uniform() < share * progress
          ? `plan ${prompt} is to keep walking along the narrow path until winter ends`
          : anyText(stream),
    }),
    size,
  )

describe('mode-collapse', () => {
  it('fails when variety is lost, passes when it stays', () => {
    const finding = findingOf(modeCollapse, run(1))
    expect(finding.verdict).toBe('fail')
    expect(finding.numbers.end).toBeLessThan(finding.numbers.start!)
    expect(findingOf(modeCollapse, run(0)).verdict).toBe('pass')
  })

  it('is at most watch on small data', () => {
    expect(findingOf(modeCollapse, run(1, SMALL)).verdict).toBe('watch')
  })

  it('needs steps', () => {
    expect(findingOf(modeCollapse, run(1, { steps: 4 })).sentence).toBe('Needs at least five training steps.')
  })
})
