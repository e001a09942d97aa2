import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createReward } from '../../reward/score.ts'
import { REASON_CLASSES, reasonClass } from './reason-class.ts'

describe('reasonClass', () => {
  it.each([
    ['no answer within 3 s', 'timeout'],
    ['failed: The operation timed out', 'timeout'],
    ['its tests took longer than 20 s together', 'timeout'],
    ['test 2 of 3: time-limit: ran longer than 5 s', 'timeout'],
    ['failed: connect ECONNREFUSED', 'failed'],
    ['test 1 of 3: crash: the sandbox broke down', 'failed'],
    ['the document could not be checked: too deep', 'failed'],
    ['cancelled before its tests had run', 'cancelled'],
    ['no reference', 'missing-input'],
    ['no token count: the rollout has neither tokens nor a column completion_tokens', 'missing-input'],
    ['the rollout has no token ids', 'missing-input'],
    ['has no tests', 'missing-input'],
    ['no finish_reason', 'missing-input'],
    ['the group’s baseline is unknown', 'missing-input'],
    ['no answer found', 'no-answer'],
    ['the completion states no confidence between 0 and 1', 'no-answer'],
    ['no value', 'no-answer'],
    ['the confidence is not between 0 and 1', 'out-of-range'],
    ['the reward lies outside [0, 1]', 'out-of-range'],
    ['the gold answer is empty', 'invalid-reference'],
    ['something else', 'other'],
    ['', 'other'],
    [undefined, 'other'],
  ])('puts %j into %s', (sentence, expected) => {
    expect(reasonClass(sentence)).toBe(expected)
  })

  it('is not led by what a sentence quotes', () => {
    expect(reasonClass('odd: the model wrote "failed: no answer within 3 s, is missing, timeout"')).toBe(
      'other',
    )
    expect(reasonClass('failed: the model wrote "no reference"')).toBe('failed')
  })

  it('gives a class of the list for any sentence', () => {
    fc.assert(fc.property(fc.string(), (text) => REASON_CLASSES.includes(reasonClass(text))))
  })

  it('knows what the signals say themselves', async () => {
    const reward = await createReward({
      name: 'reasons',
      signals: {
        right: { use: 'math-answer' },
        tokens: { use: 'length', unit: 'tokens' },
        loops: { use: 'repetition', unit: 'tokens' },
        like: { use: 'rouge-l' },
        code: { use: 'code-tests', language: 'javascript' },
      },
      combine: { use: 'weighted-sum', weights: { right: 1, tokens: 1, loops: 1, like: 1, code: 1 } },
    })
    try {
      const { columns } = await reward.score([{ id: 'a', group: 'a', prompt: 'p', completion: 'well' }])
      const classes = Object.fromEntries(
        [...columns].map(([name, { valid, reasons }]) => [
          name,
          valid[0] === 1 ? 'valid' : reasonClass(reasons?.[0]),
        ]),
      )
      expect(classes).toEqual({
        right: 'missing-input',
        tokens: 'missing-input',
        loops: 'missing-input',
        like: 'missing-input',
        code: 'missing-input',
      })
    } finally {
      await reward.close()
    }
  })
})
