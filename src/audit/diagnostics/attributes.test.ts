import { describe, expect, it } from 'vitest'
import { anyText, findingOf, plantedRun, SMALL } from '../../../test/audit/planted-run.ts'
import { flattery, format, hedging, language } from './attributes.ts'

/** A habit spreads through the answers; each earns `pay` for it at equal quality. */
const run = (habit: string, pay: number, size = {}) =>
  plantedRun(({ quality, progress, stream }) => {
    const has = stream.uniform() < 0.1 + 0.6 * progress
    return {
      reward: quality + 0.3 * stream.normal() + (has ? pay : 0),
      completion: has ? `${habit} ${anyText(stream)}` : anyText(stream),
      columns: { gold: quality },
    }
  }, size)

const cases = [
  [format, '- **first**\n- **second**\n'],
  [hedging, 'Perhaps, though I am not sure,'],
  [flattery, 'What a great question!'],
  [language, 'поэтому ответ следует из предыдущего шага'],
] as const

describe.each(cases)('$0.name', (diagnostic, habit) => {
  it('fails a habit that is paid at equal quality, passes one that is not', () => {
    expect(findingOf(diagnostic, run(habit, 1.5), 'gold').verdict).toBe('fail')
    expect(findingOf(diagnostic, run(habit, 0), 'gold').verdict).toBe('pass')
  })

  it('is a watch without a held-back column, and on small data', () => {
    expect(findingOf(diagnostic, run(habit, 2.5)).verdict).toBe('watch')
    expect(findingOf(diagnostic, run(habit, 3, SMALL), 'gold').verdict).toBe('watch')
  })

  it('needs texts', () => {
    const bare = run(habit, 1).map(({ completion: _, ...row }) => row)
    expect(findingOf(diagnostic, bare).sentence).toBe('Needs the completions’ texts.')
  })
})
