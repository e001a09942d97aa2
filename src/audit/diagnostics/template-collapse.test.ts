import { describe, expect, it } from 'vitest'
import { anyText, findingOf, plantedRun, SMALL } from '../../../test/audit/planted-run.ts'
import { templateCollapse } from './template-collapse.ts'

const run = (share: number, size = {}) =>
  plantedRun(
    ({ quality, progress, stream }) => ({
      reward: quality,
      completion:
        stream.uniform() < share * progress
          ? 'whatever was asked the answer remains the same calm sentence every time'
          : anyText(stream),
    }),
    size,
  )

describe('template-collapse', () => {
  it('fails one answer for all prompts, passes answers that differ', () => {
    expect(findingOf(templateCollapse, run(1)).verdict).toBe('fail')
    expect(findingOf(templateCollapse, run(0)).verdict).toBe('pass')
  })

  it('is at most watch on small data', () => {
    expect(findingOf(templateCollapse, run(1, SMALL)).verdict).toBe('watch')
  })

  it('needs eight prompts', () => {
    expect(findingOf(templateCollapse, run(1, { prompts: 2 })).sentence).toBe(
      'Needs eight prompts with answers of at least eight words.',
    )
  })
})
