/**
 * Seeded arithmetic and short word problems with exact answers, in four levels of difficulty: the questions
 * behind the rollouts in `examples/data`. Pure: the same seed gives the same problems on every machine.
 */

/** One question with its exact answer. `difficulty` runs from 1 (one digit, one step) to 4. */
export type Problem = {
  id: string
  prompt: string
  /** Lowest terms: an integer, a terminating decimal without trailing zeros, a fraction `n/d`, or `n%`. */
  reference: string
  category: Category
  difficulty: Difficulty
}

export type Category =
  | 'sum'
  | 'difference'
  | 'product'
  | 'quotient'
  | 'expression'
  | 'decimal'
  | 'fraction'
  | 'percent'
  | 'word'

export type Difficulty = 1 | 2 | 3 | 4

type Draft = [prompt: string, reference: string]
type Kind = { category: Category; draw: (random: Random) => Draft }

/** A uniform random stream of 32-bit words (splitmix32: a Weyl sequence through MurmurHash3's finaliser). */
class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  word(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0
    return scramble(this.#state)
  }

  /** Integer from `low` to `high`, both included; the bias of scaling 32 bits to these small spans is below 1e-7. */
  integer(low: number, high: number): number {
    return low + Math.floor((this.word() / 2 ** 32) * (high - low + 1))
  }

  pick<T>(list: readonly T[]): T {
    return list[this.integer(0, list.length - 1)]!
  }

  pair<T>(list: readonly T[]): [T, T] {
    const first = this.integer(0, list.length - 1)
    const second = (first + this.integer(1, list.length - 1)) % list.length
    return [list[first]!, list[second]!]
  }
}

function scramble(word: number): number {
  let mixed = word
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/**
 * A 32-bit seed for one stream among many, from a master seed and the stream's coordinates.
 *
 * @example streamSeed(7, 0, 1) !== streamSeed(7, 1, 0) // true
 */
export function streamSeed(seed: number, ...coordinates: number[]): number {
  let state = scramble(seed >>> 0)
  for (const coordinate of coordinates)
    state = scramble((Math.imul(state, 31) + coordinate + 0x9e3779b9) >>> 0)
  return state
}

const people = [
  'Ana',
  'Ben',
  'Chen',
  'Dina',
  'Emil',
  'Fatou',
  'Grace',
  'Hugo',
  'Ines',
  'Jonas',
  'Kofi',
  'Lena',
]
const belongings = [
  'apples',
  'marbles',
  'stickers',
  'pencils',
  'shells',
  'cards',
  'stamps',
  'beads',
  'books',
  'coins',
]
const containers = ['boxes', 'bags', 'baskets', 'jars', 'trays', 'packs']
const goods = ['notebook', 'bagel', 'ticket', 'plant', 'lamp', 'cap', 'mug', 'puzzle']
const dishes = ['cake', 'pizza', 'pie', 'loaf of bread']
const properFractions: [numerator: number, denominator: number][] = [2, 3, 4, 5, 6, 8, 10].flatMap((below) =>
  Array.from({ length: below - 1 }, (_, index): [number, number] => [index + 1, below]).filter(
    ([above]) => greatestCommonDivisor(above, below) === 1,
  ),
)

const ask = (random: Random, expression: string): string =>
  random.pick([`What is ${expression}?`, `Calculate ${expression}.`, `Work out ${expression}.`])

/** `units` counts of 10^-places as a decimal without trailing zeros: decimal(1250, 2) is "12.5". */
function decimal(units: number, places: number): string {
  const digits = String(Math.abs(units)).padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  const rest = digits.slice(digits.length - places).replace(/0+$/, '')
  return `${units < 0 ? '-' : ''}${whole}${rest === '' ? '' : `.${rest}`}`
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : greatestCommonDivisor(b, a % b)
}

/** numerator / denominator in lowest terms: fraction(6, 8) is "3/4", fraction(4, 2) is "2". */
function fraction(numerator: number, denominator: number): string {
  const divisor = greatestCommonDivisor(numerator, denominator)
  const below = denominator / divisor
  return below === 1 ? String(numerator / divisor) : `${numerator / divisor}/${below}`
}

const kind = (category: Category, draw: Kind['draw']): Kind => ({ category, draw })

/** A kind whose prompt is one of three wordings of a bare expression. */
const bare = (category: Category, draw: Kind['draw']) =>
  kind(category, (random) => {
    const [expression, reference] = draw(random)
    return [ask(random, expression), reference]
  })

const sum = (low: number, high: number) =>
  bare('sum', (random) => {
    const [a, b] = [random.integer(low, high), random.integer(low, high)]
    return [`${a} + ${b}`, String(a + b)]
  })

const difference = (low: number, high: number) =>
  bare('difference', (random) => {
    const [answer, b] = [random.integer(low, high), random.integer(low, high)]
    return [`${answer + b} - ${b}`, String(answer)]
  })

const product = (a1: number, a2: number, b1: number, b2: number) =>
  bare('product', (random) => {
    const [a, b] = [random.integer(a1, a2), random.integer(b1, b2)]
    return [`${a} * ${b}`, String(a * b)]
  })

const quotient = (low: number, high: number) =>
  bare('quotient', (random) => {
    const [answer, b] = [random.integer(low, high), random.integer(low, high)]
    return [`${answer * b} / ${b}`, String(answer)]
  })

const twoSteps = bare('expression', (random) => {
  const [a, b, c] = [random.integer(2, 20), random.integer(2, 9), random.integer(2, 9)]
  return random.pick<Draft>([
    [`${a} + ${b} * ${c}`, String(a + b * c)],
    [`${b} * ${c} + ${a}`, String(b * c + a)],
    [`(${a} + ${b}) * ${c}`, String((a + b) * c)],
    [`${a + c} + ${b} - ${c}`, String(a + b)],
  ])
})

const threeTerms = bare('expression', (random) => {
  const [a, b, c] = [random.integer(2, 12), random.integer(2, 12), random.integer(2, 12)]
  return [`${a} + ${b} + ${c}`, String(a + b + c)]
})

const belowZero = bare('expression', (random) => {
  const [b, c] = [random.integer(3, 9), random.integer(4, 9)]
  const a = random.integer(2, b * c - 1)
  return [`${a} - ${b} * ${c}`, String(a - b * c)]
})

const decimalSum = bare('decimal', (random) => {
  const tenths = () => 10 * random.integer(1, 9) + random.integer(1, 9)
  const [a, b] = [tenths(), tenths()]
  return [`${decimal(a, 1)} + ${decimal(b, 1)}`, decimal(a + b, 1)]
})

const decimalProduct = bare('decimal', (random) => {
  const [a, b] = [random.integer(11, 99), random.integer(2, 9)]
  return [`${decimal(a, 1)} * ${b}`, decimal(a * b, 1)]
})

const decimalQuotient = bare('decimal', (random) => {
  const divisor = random.pick([2, 4, 5, 8])
  const dividend = divisor * random.integer(1, 9) + random.integer(1, divisor - 1)
  return [`${dividend} / ${divisor}`, decimal((dividend * 1000) / divisor, 3)]
})

const fractionSum = bare('fraction', (random) => {
  const [[n, d], [m, e]] = random.pair(properFractions)
  return [`${n}/${d} + ${m}/${e}`, fraction(n * e + m * d, d * e)]
})

const fractionOf = kind('fraction', (random) => {
  const [n, d] = random.pick(properFractions)
  const part = random.integer(2, 9)
  return [`What is ${n}/${d} of ${d * part}?`, String(n * part)]
})

const percentOf = (percents: readonly number[]): Kind =>
  kind('percent', (random) => {
    const [percent, whole] = [random.pick(percents), 20 * random.integer(1, 15)]
    return [`What is ${percent}% of ${whole}?`, decimal(percent * whole, 2)]
  })

const percentage = kind('percent', (random) => {
  const [whole, percent] = [random.pick([20, 40, 50, 60, 80, 200]), 5 * random.integer(1, 19)]
  const part = decimal(whole * percent, 2)
  return [`What percentage of ${whole} is ${part}?`, `${percent}%`]
})

const discount = kind('percent', (random) => {
  const [good, price, percent] = [
    random.pick(goods),
    random.integer(8, 60),
    random.pick([10, 20, 25, 40, 50]),
  ]
  return [
    `A ${good} costs ${price} dollars. In a sale it is ${percent}% cheaper. What is the sale price in dollars?`,
    decimal(price * (100 - percent), 2),
  ]
})

const oneStepStory = (low: number, high: number): Kind =>
  kind('word', (random) => {
    const [[who, other], what] = [random.pair(people), random.pick(belongings)]
    const [a, b] = [random.integer(low, high), random.integer(low, high)]
    return random.pick<Draft>([
      [`${who} has ${a} ${what} and gets ${b} more. How many ${what} does ${who} have now?`, String(a + b)],
      [
        `${who} had ${a + b} ${what} and gave ${a} of them to ${other}. How many ${what} does ${who} have left?`,
        String(b),
      ],
    ])
  })

const groupStory = kind('word', (random) => {
  const [who, what, container] = [random.pick(people), random.pick(belongings), random.pick(containers)]
  const [a, b] = [random.integer(3, 9), random.integer(3, 12)]
  return random.pick<Draft>([
    [
      `${who} has ${a} ${container} with ${b} ${what} in each. How many ${what} is that in all?`,
      String(a * b),
    ],
    [
      `${who} shares ${a * b} ${what} equally among ${a} friends. How many ${what} does each friend get?`,
      String(b),
    ],
  ])
})

const twoStepStory = kind('word', (random) => {
  const [[who, other], what] = [random.pair(people), random.pick(belongings)]
  const [a, b] = [random.integer(3, 9), random.integer(4, 12)]
  const c = random.integer(2, a * b - 2)
  return random.pick<Draft>([
    [
      `${who} buys ${a} ${random.pick(containers)} of ${b} ${what} and gives away ${c} ${what}. How many ${what} are left?`,
      String(a * b - c),
    ],
    [
      `${who} has ${a} ${what}. ${other} has ${b} more than ${who}. How many ${what} do they have together?`,
      String(2 * a + b),
    ],
    [
      `${who} reads ${a} pages on Monday and ${b} pages on Tuesday of a book of ${a + b + c} pages. How many pages are left?`,
      String(c),
    ],
  ])
})

const moneyStory = kind('word', (random) => {
  const [who, good, count] = [random.pick(people), random.pick(goods), random.integer(2, 6)]
  const price = 5 * random.integer(21, 99)
  const paid = Math.ceil((price * count) / 1000) * 10
  return [
    `${who} buys ${count} ${good}s for ${(price / 100).toFixed(2)} dollars each and pays with ${paid} dollars. How many dollars of change does ${who} get?`,
    decimal(paid * 100 - price * count, 2),
  ]
})

const shareStory = kind('fraction', (random) => {
  const [[who, other], dish, [d, e]] = [
    random.pair(people),
    random.pick(dishes),
    random.pair([3, 4, 5, 6, 8]),
  ]
  return [
    `${who} eats 1/${d} of a ${dish} and ${other} eats 1/${e} of it. What fraction of the ${dish} is left?`,
    fraction(d * e - d - e, d * e),
  ]
})

const kinds: Record<Difficulty, readonly Kind[]> = {
  1: [sum(2, 9), difference(2, 9), product(2, 5, 2, 9), oneStepStory(2, 9), quotient(2, 6), sum(10, 20)],
  2: [
    sum(11, 60),
    difference(11, 49),
    product(6, 9, 3, 12),
    quotient(3, 12),
    groupStory,
    percentOf([10, 25, 50]),
    oneStepStory(11, 40),
  ],
  3: [
    twoSteps,
    product(11, 30, 2, 6),
    decimalSum,
    twoStepStory,
    fractionOf,
    percentOf([5, 15, 20, 30, 75]),
    sum(101, 500),
    threeTerms,
  ],
  4: [
    product(11, 30, 11, 20),
    decimalProduct,
    decimalQuotient,
    fractionSum,
    belowZero,
    moneyStory,
    shareStory,
    percentage,
    discount,
  ],
}

/** Six of every ten problems are of the two easier levels, where a small model is sometimes right. */
const cycle: readonly Difficulty[] = [1, 2, 3, 4, 1, 2, 1, 3, 2, 4]
const redraws = 200

/**
 * The first `count` problems of a seed. Difficulty follows a cycle of ten and each level cycles through its kinds,
 * so that every stretch of the list is mixed; a shorter list is always the beginning of a longer one.
 *
 * @param seed  integer, taken modulo 2^32
 * @param count integer from 0; ids are `p000`, `p001`, … and prompts never repeat
 * @throws RangeError when count is not a whole number, or so large that a level has no new question left
 * @example makeProblems({ seed: 7, count: 2 }).map((problem) => problem.difficulty) // [1, 2]
 */
export function makeProblems({ seed, count }: { seed: number; count: number }): Problem[] {
  if (!Number.isInteger(seed)) throw new RangeError(`makeProblems: seed must be an integer, got ${seed}`)
  if (!Number.isInteger(count) || count < 0) {
    throw new RangeError(`makeProblems: count must be a whole number, got ${count}`)
  }
  const seen = new Set<string>()
  const turns: Record<Difficulty, number> = { 1: 0, 2: 0, 3: 0, 4: 0 }
  return Array.from({ length: count }, (_, index) => {
    const difficulty = cycle[index % cycle.length]!
    const level = kinds[difficulty]
    const { category, draw } = level[turns[difficulty]++ % level.length]!
    const random = new Random(streamSeed(seed, index))
    for (let attempt = 0; attempt < redraws; attempt++) {
      const [prompt, reference] = draw(random)
      // Three wordings of one expression would otherwise count as three problems.
      const question = prompt.replace(/^(What is|Calculate|Work out) |[?.]$/g, '')
      if (seen.has(question)) continue
      seen.add(question)
      const id = `p${String(index).padStart(3, '0')}`
      return { id, prompt, reference, category, difficulty }
    }
    throw new RangeError(
      `makeProblems: no new question of difficulty ${difficulty}, kind "${category}", for problem ${index} after ${redraws} draws; ask for fewer problems`,
    )
  })
}
