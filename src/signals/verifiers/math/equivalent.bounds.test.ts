import { describe, expect, it } from 'vitest'
import { equivalent } from './equivalent.ts'

/** Milliseconds that no pair may take: the deadline of 250 ms with room for a busy machine. */
const LIMIT = 1000

const list = (count: number, item: (index: number) => string, separator: string): string =>
  Array.from({ length: count }, (_, index) => item(index)).join(separator)

const CASES: [name: string, gold: string, answer: string, verdict: string][] = [
  ['a tower of powers', '1', '9^{9^{9^{9}}}', 'different'],
  ['equal towers', '10^{10^{10}}', '10 ^ {10^{10}}', 'equal'],
  ['a vanishing power', '0', '10^{-10^{9}}', 'different'],
  ['neighbouring huge powers', '2^{100000}', '2^{100001}', 'different'],
  ['one huge power in two bases', '2^{100000}', '4^{50000}', 'undecided'],
  ['factorials of factorials', '6', '((3!)!)!', 'different'],
  ['the largest exact factorial', '\\frac{5000!}{4999!}', '5000', 'equal'],
  ['a factorial beyond exact arithmetic', '1', '(10^9)!', 'different'],
  ['a binomial beyond doubles', '\\binom{2000}{1000}', '\\frac{2000!}{1000!1000!}', 'equal'],
  ['many factorials', `x+${'5000!+'.repeat(500)}1`, `${'5000!+'.repeat(500)}x`, 'undecided'],
  ['a power of a sum', '1', '(x+y+z+w)^{500}', 'different'],
  ['equal powers of sums', '(x+y+z+w+a+b)^{20}', '(b+a+w+z+y+x)^{20}', 'equal'],
  ['nested powers', '((((x+1)^8)^8)^8)^8', '((((1+x)^8)^8)^8)^8+1', 'different'],
  ['1,000 brackets', 'x', `${'('.repeat(990)}x${')'.repeat(990)}`, 'equal'],
  ['too many brackets', 'x', `${'('.repeat(1900)}x${')'.repeat(1900)}`, 'undecided'],
  ['brackets beyond the length limit', 'x', `${'('.repeat(10000)}x`, 'undecided'],
  ['nested fractions', '1', `${'\\frac{1}{1+'.repeat(200)}1${'}'.repeat(200)}`, 'different'],
  ['nested roots', '1', `${'\\sqrt{'.repeat(500)}1${'}'.repeat(500)}`, 'equal'],
  ['nested absolute values', '3', `${'|'.repeat(501)}3${'|'.repeat(501)}`, 'equal'],
  ['nested sines', '0', `${'\\sin('.repeat(300)}0${')'.repeat(300)}`, 'equal'],
  ['nested definitions', 'x', `${'f('.repeat(1300)}x${')'.repeat(1300)}`, 'undecided'],
  ['100,000 equal digits', '7'.repeat(100_000), `${'7'.repeat(100_000)}.0`, 'equal'],
  ['100,000 digits and one different', '7'.repeat(100_000), `${'7'.repeat(99_999)}8`, 'different'],
  ['a decimal of 100,000 digits', '0.3', `0.${'3'.repeat(100_000)}`, 'different'],
  ['a third of 100,000 digits', '\\frac13', `0.${'3'.repeat(100_000)}`, 'undecided'],
  ['a long sum', '200', `${'1+'.repeat(199)}1`, 'equal'],
  ['100,000 commas', '1,2', `${'1,'.repeat(50_000)}2`, 'undecided'],
  ['a list sorted by value', list(100, String, ', '), list(100, (k) => String(99 - k), ', '), 'equal'],
  [
    'a list of 64 functions',
    list(64, (k) => `\\sin(x+${k})`, ','),
    list(64, (k) => `\\sin(x+${63 - k})`, ','),
    'equal',
  ],
  ['backslashes', '1', '\\'.repeat(100_001), 'undecided'],
  ['signs', '5', '-'.repeat(20_000), 'undecided'],
  ['an even number of signs', '5', `${'-'.repeat(4000)}5`, 'equal'],
  ['words', '5', `${'answer '.repeat(5000)}5`, 'undecided'],
  ['a NUL', '5', '\u0000', 'different'],
  ['zero over zero', '0', '\\frac{0}{0}', 'different'],
  ['the logarithm of zero', '0', '\\ln 0', 'different'],
  ['infinity minus infinity', '0', '\\infty-\\infty', 'different'],
  ['division by zero', '\\infty', '\\frac{1}{0}', 'different'],
  ['Infinity', '5', 'Infinity', 'different'],
  ['a call', '1', 'process.exit(1)', 'undecided'],
  ['a prototype', '1', '__proto__', 'different'],
  ['a constructor', '1', 'constructor', 'different'],
  ['a large fraction', `\\frac{${'7'.repeat(2000)}}{${'3'.repeat(2000)}}`, '\\frac{7}{3}', 'equal'],
  ['a logarithm of a huge number', '\\ln(10^{15000}+1)', '\\ln(10^{15000}+3)', 'undecided'],
  ['values that underflow or overflow everywhere', 'e^{(1-x)e^7}', 'e^{(1-x)e^7}+1', 'undecided'],
  ['many plus-minus signs', '1', list(30, (k) => `\\pm ${k}`, ''), 'undecided'],
]

describe('bounds of equivalent', () => {
  it.each(CASES)('%s', (_, gold, answer, verdict) => {
    const started = performance.now()
    const forwards = equivalent(gold, answer)
    const backwards = equivalent(answer, gold)
    expect(performance.now() - started).toBeLessThan(2 * LIMIT)
    expect(forwards.verdict).toBe(verdict)
    if (backwards.goldProblem === undefined) expect(backwards.verdict).toBe(verdict)
  })
})
