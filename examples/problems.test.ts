import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { model } from '../scripts/fetch-model.ts'
import { promptMessages } from './make-rollouts.ts'
import { makeProblems, type Problem, streamSeed } from './problems.ts'

/** An exact ratio; equality is by cross-multiplication, so it need not be in lowest terms. */
type Ratio = [numerator: bigint, denominator: bigint]

const whole = (text: string): Ratio => [BigInt(text), 1n]
const add = ([a, b]: Ratio, [c, d]: Ratio): Ratio => [a * d + c * b, b * d]
const negate = ([a, b]: Ratio): Ratio => [-a, b]
const multiply = ([a, b]: Ratio, [c, d]: Ratio): Ratio => [a * c, b * d]
const divide = ([a, b]: Ratio, [c, d]: Ratio): Ratio => [a * d, b * c]
const equal = ([a, b]: Ratio, [c, d]: Ratio): boolean => b !== 0n && d !== 0n && a * d === c * b

function parseDecimal(text: string): Ratio {
  const [before, after = ''] = text.split('.')
  return [BigInt(before! + after), 10n ** BigInt(after.length)]
}

/** Exact value of an expression with + - * / and brackets, by precedence climbing. */
function evaluate(expression: string): Ratio {
  const tokens = expression.match(/\d+(?:\.\d+)?|[-+*/()]/g) ?? []
  if (tokens.join('') !== expression.replaceAll(' ', '')) throw new Error(`not an expression: ${expression}`)
  let at = 0
  const atom = (): Ratio => {
    const token = tokens[at++]!
    if (token !== '(') return parseDecimal(token)
    const inner = sum()
    at++
    return inner
  }
  const product = (): Ratio => {
    let value = atom()
    while (tokens[at] === '*' || tokens[at] === '/') {
      value = tokens[at++] === '*' ? multiply(value, atom()) : divide(value, atom())
    }
    return value
  }
  const sum = (): Ratio => {
    let value = product()
    while (tokens[at] === '+' || tokens[at] === '-') {
      value = tokens[at++] === '+' ? add(value, product()) : add(value, negate(product()))
    }
    return value
  }
  return sum()
}

// Each reading turns a sentence's own words and numbers into the expression it asks for; none shares code with the
// generator. The numbers stand in the order of the sentence.
const readings: [sentence: RegExp, expression: (...numbers: string[]) => string][] = [
  [/^What is (\d+)% of (\d+)\?$/, (percent, all) => `${percent} / 100 * ${all}`],
  [/^What is (\d+)\/(\d+) of (\d+)\?$/, (above, below, all) => `${all} / ${below} * ${above}`],
  [/^What percentage of (\d+) is ([\d.]+)\?$/, (all, part) => `100 * ${part} / ${all}`],
  [/^(?:What is|Calculate|Work out) ([-\d.+*/() ]+)[?.]$/, (expression) => expression!],
  [
    /^A \w+ costs (\d+) dollars\. In a sale it is (\d+)% cheaper\. /,
    (price, off) => `${price} - ${price} * ${off} / 100`,
  ],
  [
    /^(\w+) has (\d+) (\w+) and gets (\d+) more\. How many \3 does \1 have now\?$/,
    (_, a, __, b) => `${a} + ${b}`,
  ],
  [
    /^(\w+) had (\d+) (\w+) and gave (\d+) of them to \w+\. How many \3 does \1 have left\?$/,
    (_, a, __, b) => `${a} - ${b}`,
  ],
  [/^\w+ has (\d+) \w+ with (\d+) (\w+) in each\. How many \3 is that in all\?$/, (a, b) => `${a} * ${b}`],
  [
    /^\w+ shares (\d+) (\w+) equally among (\d+) friends\. How many \2 does each friend get\?$/,
    (a, _, b) => `${a} / ${b}`,
  ],
  [
    /^\w+ buys (\d+) \w+ of (\d+) (\w+) and gives away (\d+) \3\. How many \3 are left\?$/,
    (a, b, _, c) => `${a} * ${b} - ${c}`,
  ],
  [
    /^(\w+) has (\d+) (\w+)\. \w+ has (\d+) more than \1\. How many \3 do they have together\?$/,
    (_, a, __, b) => `${a} + (${a} + ${b})`,
  ],
  [
    /^\w+ reads (\d+) pages on Monday and (\d+) pages on Tuesday of a book of (\d+) pages\. /,
    (a, b, all) => `${all} - ${a} - ${b}`,
  ],
  [
    /^\w+ buys (\d+) \w+s for ([\d.]+) dollars each and pays with (\d+) dollars\. /,
    (count, price, paid) => `${paid} - ${count} * ${price}`,
  ],
  [
    /^\w+ eats 1\/(\d+) of a ([\w ]+) and \w+ eats 1\/(\d+) of it\. What fraction of the \2 is left\?$/,
    (a, _, b) => `1 - 1/${a} - 1/${b}`,
  ],
]

function answer(prompt: string): Ratio {
  const matches = readings.flatMap(([sentence, expression]) => {
    const match = sentence.exec(prompt)
    return match === null ? [] : [expression(...match.slice(1))]
  })
  if (matches.length !== 1) throw new Error(`${matches.length} readings of: ${prompt}`)
  return evaluate(matches[0]!)
}

function parseReference(reference: string): Ratio {
  const match = /^(-?\d+(?:\.\d+)?)(?:\/(\d+)|%)?$/.exec(reference)
  if (match === null) throw new Error(`not a canonical reference: ${reference}`)
  return divide(parseDecimal(match[1]!), whole(match[2] ?? '1'))
}

const wrong = (problems: readonly Problem[]) =>
  problems.filter(({ prompt, reference }) => !equal(answer(prompt), parseReference(reference)))

describe('makeProblems', () => {
  test('gives the same problems for the same seed and others for another', () => {
    const problems = makeProblems({ seed: 7, count: 250 })
    expect(makeProblems({ seed: 7, count: 250 })).toEqual(problems)
    const others = new Set(makeProblems({ seed: 8, count: 250 }).map(({ prompt }) => prompt))
    expect(problems.filter(({ prompt }) => !others.has(prompt)).length).toBeGreaterThan(125)
  })

  test('keeps its first problems: the shipped rollouts answer these', () => {
    expect(makeProblems({ seed: 7, count: 3 })).toEqual([
      { id: 'p000', prompt: 'Calculate 6 + 5.', reference: '11', category: 'sum', difficulty: 1 },
      { id: 'p001', prompt: 'Calculate 22 + 52.', reference: '74', category: 'sum', difficulty: 2 },
      { id: 'p002', prompt: 'Work out 7 + 2 * 8.', reference: '23', category: 'expression', difficulty: 3 },
    ])
  })

  test('begins a longer list with the shorter one', () => {
    expect(makeProblems({ seed: 3, count: 200 }).slice(0, 60)).toEqual(makeProblems({ seed: 3, count: 60 }))
  })

  test('gives exact references, unique ids and unique prompts for any seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), (seed) => {
        const problems = makeProblems({ seed, count: 250 })
        expect(wrong(problems)).toEqual([])
        expect(new Set(problems.map(({ id }) => id)).size).toBe(250)
        expect(new Set(problems.map(({ prompt }) => prompt)).size).toBe(250)
      }),
      { numRuns: 40 },
    )
  })

  test('writes references in lowest terms', () => {
    for (const { reference } of makeProblems({ seed: 11, count: 250 })) {
      expect(reference).not.toMatch(/\.\d*0$|\.$|^-?0\d/)
      const [above, below] = reference.split('/').map(Number)
      if (below === undefined) continue
      expect(below).toBeGreaterThan(1)
      for (let divisor = 2; divisor <= below; divisor++) {
        expect(above! % divisor === 0 && below % divisor === 0).toBe(false)
      }
    }
  })

  test('mixes levels and kinds, with answers that are not only whole numbers', () => {
    const problems = makeProblems({ seed: 7, count: 250 })
    const count = (holds: (problem: Problem) => boolean) => problems.filter(holds).length
    expect([1, 2, 3, 4].map((level) => count(({ difficulty }) => difficulty === level))).toEqual([
      75, 75, 50, 50,
    ])
    expect(new Set(problems.map(({ category }) => category)).size).toBe(9)
    for (const form of [/^\d+$/, /^-\d+$/, /^\d+\.\d+$/, /^\d+\/\d+$/, /^\d+%$/]) {
      expect(count(({ reference }) => form.test(reference))).toBeGreaterThan(0)
    }
  })

  test('refuses what it cannot make', () => {
    expect(() => makeProblems({ seed: 0.5, count: 1 })).toThrow(/seed must be an integer, got 0.5/)
    expect(() => makeProblems({ seed: 1, count: -1 })).toThrow(/count must be a whole number, got -1/)
    expect(() => makeProblems({ seed: 1, count: 5000 })).toThrow(/no new question of difficulty 1/)
    expect(makeProblems({ seed: 1, count: 0 })).toEqual([])
  })
})

test('streams of different problems and samples start from different seeds', () => {
  const seeds = Array.from({ length: 250 }, (_, index) =>
    Array.from({ length: 8 }, (_, sample) => streamSeed(7, index, sample)),
  ).flat()
  expect(new Set(seeds).size).toBe(2000)
  expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)).toBe(true)
})

describe('the shipped rollouts', () => {
  const directory = join(import.meta.dirname, 'data')
  const meta = JSON.parse(readFileSync(join(directory, 'rollouts.meta.json'), 'utf8'))
  const rows = readFileSync(join(directory, 'rollouts.jsonl'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

  test('ask the problems of their recorded seed, with the same references', () => {
    const problems = makeProblems({ seed: meta.seed, count: meta.problems })
    const expected = problems.flatMap((problem) =>
      Array.from({ length: meta.samples_per_problem }, (_, sample) => ({
        id: `${problem.id}-${sample}`,
        group: problem.id,
        prompt: promptMessages(problem),
        reference: problem.reference,
        difficulty: problem.difficulty,
        sample,
        category: problem.category,
      })),
    )
    const found = rows.map(({ id, group, prompt, reference, columns, category }) => {
      return {
        id,
        group,
        prompt,
        reference,
        difficulty: columns.difficulty,
        sample: columns.sample,
        category,
      }
    })
    expect(found).toEqual(expected)
    expect(wrong(problems)).toEqual([])
  })

  test('show no question of theirs as a worked turn', () => {
    const shown = new Set(
      rows[0].prompt.slice(0, -1).map(({ content }: { content: string }) => content.split('\n').at(-1)),
    )
    expect(rows.filter(({ prompt }) => shown.has(prompt.at(-1).content))).toEqual([])
  })

  test('are cut exactly where they reached the limit', () => {
    const limit = meta.sampling.max_new_tokens
    for (const { id, completion, finish_reason, columns } of rows) {
      expect(typeof completion, id).toBe('string')
      expect(finish_reason, id).toBe(columns.completion_tokens === limit ? 'length' : 'stop')
      expect(columns.completion_tokens, id).toBeLessThanOrEqual(limit)
    }
    expect(rows.filter(({ finish_reason }) => finish_reason === 'length').length).toBe(meta.rows_cut)
  })

  test('come from the model that the fetch script pins, and the page beside them says so', () => {
    const page = readFileSync(join(directory, 'README.md'), 'utf8')
    expect(meta.source.sha256).toBe(model.sha256)
    expect(meta.rows).toBe(rows.length)
    for (const fact of [
      model.sha256,
      model.licence,
      meta.command,
      meta.chat_template,
      `${meta.rows} rollouts`,
    ]) {
      expect(page).toContain(fact)
    }
  })
})
