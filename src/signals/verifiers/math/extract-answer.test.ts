import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { extractAnswer } from './extract-answer.ts'
import { EXTRACTION_RULES, type ExtractionRule } from './extraction-rules.ts'

const all = { rules: EXTRACTION_RULES }

describe('extractAnswer', () => {
  it.each<[string, string, ExtractionRule]>([
    ['<think>\\boxed{1}</think>So \\boxed{2}.', '2', 'boxed'],
    ['<answer>1</answer> no: <answer> 2 </answer>', '2', 'answer-tag'],
    ['<answer>Thus \\boxed{7}</answer>', '7', 'answer-tag'],
    ['<answer>$x=7$</answer>', 'x=7', 'answer-tag'],
    ['\\boxed{1} then #### 2', '1', 'boxed'],
    ['2+2 = 4\n#### 4\n', '4', 'hashes'],
    ['#### 1,234 and more', '1,234 and more', 'hashes'],
    ['**Answer:** 42', '42', 'phrase'],
    ['**Final Answer**: 42', '42', 'phrase'],
    ['The answer is: $\\frac12$.', '\\frac12', 'phrase'],
    ['Therefore the final answer is $\\pi$. I hope it is correct.', '\\pi', 'phrase'],
    ['The answers are 1 and 2.', '1 and 2', 'phrase'],
    ['answer is 5\nThe ANSWER is **6**', '6', 'phrase'],
    ['The answer is 3.5. Done', '3.5', 'phrase'],
    ['Thus\n\\[ x = 5 \\]', 'x = 5', 'latex'],
    ['We get $a+b$ and $c$ here', 'c', 'latex'],
    ['First $1$ then \\(2\\)', '2', 'latex'],
    ['it costs $5 and $6 in total, 11', '11', 'last'],
    ['Janet has 3 apples, i.e. 75%', '75%', 'last'],
    ['we get -1,234.50 dollars', '-1,234.50', 'last'],
    ['so 3/7', '3/7', 'last'],
    ['from 1.5.2 on', '2', 'last'],
  ])('finds the answer of %j', (completion, text, rule) => {
    expect(extractAnswer(completion, all)).toMatchObject({ text, rule })
  })

  it.each(['', 'I do not know.', '\\boxed{}', 'Answer:', 'answer is\n', '$$', '####', '<answer></answer>'])(
    'finds nothing in %j',
    (completion) => {
      expect(extractAnswer(completion, all)).toBeUndefined()
    },
  )

  it('trusts only what a policy marks on purpose, by default', () => {
    expect(extractAnswer('The answer is 5')).toBeUndefined()
    expect(extractAnswer('\\boxed{5}')?.text).toBe('5')
    expect(extractAnswer('The answer is 5', { rules: ['phrase'] })?.text).toBe('5')
  })

  it('treats the reasoning as the options say', () => {
    const inside = '<think>So \\boxed{1}</think> I am done.'
    expect(extractAnswer(inside)).toBeUndefined()
    expect(extractAnswer(inside, { reasoning: 'keep' })?.text).toBe('1')
    expect(extractAnswer('\\boxed{1}', { reasoning: 'require' })).toBeUndefined()
    expect(extractAnswer('<think>x</think>\\boxed{1}', { reasoning: 'require' })).toMatchObject({
      text: '1',
      position: 16,
    })
  })

  it('looks for a letter where there are choices', () => {
    const choices = ['A', 'B', 'C', 'D']
    const letter = (text: string): string | undefined => extractAnswer(text, { ...all, choices })?.text
    expect(letter('I choose (B).')).toBe('B')
    expect(letter('So **C**')).toBe('C')
    expect(letter('Take option (d)')).toBe('D')
    expect(letter('A cat, in 5 ways')).toBe('A')
    expect(letter('BAD CAB 5')).toBeUndefined()
  })

  it('hedges become lists', () => {
    expect(extractAnswer('The answer is \\boxed{41} or \\boxed{42}')?.text).toBe('41, 42')
  })

  it('never throws, and points into the completion', () => {
    const part = fc.constantFrom(
      '\\boxed{',
      '\\fbox',
      '}',
      '{',
      '<answer>',
      '</answer>',
      '</think>',
      '$',
      '\\[',
      '\\]',
      '####',
      'answer is',
      'Answer:',
      '**',
      '.',
      '\n',
      ' ',
      '12',
      '-3,4.5',
      'A',
      'İ',
      '\\',
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), fc.boolean(), (parts, hasChoices) => {
        const completion = parts.join('')
        const options = hasChoices ? { ...all, choices: ['A', 'B'] } : all
        const found = extractAnswer(completion, options)
        if (found === undefined) return
        expect(found.text.trim()).not.toBe('')
        expect(found.position).toBeGreaterThanOrEqual(0)
        expect(found.position).toBeLessThan(completion.length)
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['phrases without an answer', 'answer: '.repeat(130_000)],
    ['words', `${'lorem ipsum '.repeat(90_000)}\\boxed{7}`],
    ['dollars', '$ '.repeat(500_000)],
    ['currency', '$5 '.repeat(350_000)],
    ['digits', '1,2.3/'.repeat(170_000)],
    ['hashes', '#'.repeat(1_000_000)],
    ['tags', '<answer>'.repeat(130_000)],
    ['spaces after full stops', `answer is ${'. '.repeat(500_000)}`],
    ['letters', 'A B '.repeat(250_000)],
    ['stars', `answer: ${'**'.repeat(500_000)}`],
  ])('takes linear time on a megabyte of %s', (_, completion) => {
    const started = performance.now()
    extractAnswer(completion, all)
    extractAnswer(completion, { ...all, choices: ['C'] })
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
