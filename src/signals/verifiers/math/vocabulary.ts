/** The words of the answer language: LaTeX commands, function names and the words of prose the grammar knows. */

export type TokenKind =
  | 'number'
  | 'symbol'
  | 'constant'
  | 'function'
  | 'word'
  | 'text'
  | 'operator'
  | 'number-set'
  | 'unknown'

/** What a LaTeX command stands for. */
export interface Meaning {
  readonly kind: TokenKind | 'nothing' | 'space' | 'wrapper' | 'number-set-wrapper'
  readonly text: string
}

const commands = new Map<string, Meaning>()
function define(kind: Meaning['kind'], names: string, text?: string): void {
  for (const name of names.split(' ')) commands.set(name, { kind, text: text ?? name })
}

define(
  'nothing',
  'left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm displaystyle textstyle ' +
    'scriptstyle scriptscriptstyle limits nolimits mathstrut strut rm bf it sf tt boldmath ensuremath null ' +
    'boxed fbox vec hat widehat overrightarrow overleftarrow mathop mathord mathbin mathrel centering noindent',
)
define('space', 'quad qquad enspace thinspace medspace thickspace negthinspace space nobreakspace hfill par')
define(
  'wrapper',
  'text textbf textit textrm textsf texttt textnormal textup textsc mbox hbox emph underline mathrm mathbf mathit ' +
    'mathsf mathtt mathnormal mathcal mathscr mathfrak boldsymbol bm pmb operatorname',
)
define('number-set-wrapper', 'mathbb Bbb')
define('number-set', 'R Reals reals real', 'R')
define('number-set', 'Z integers', 'Z')
define('number-set', 'N naturals', 'N')
define('number-set', 'Q rationals', 'Q')
define('number-set', 'C Complex complexes', 'C')

define('operator', 'frac dfrac tfrac cfrac', 'frac')
define('operator', 'binom dbinom tbinom', 'binom')
define('operator', 'sqrt surd cuberoot overline begin end choose over')
define('operator', 'bar', 'overline')
define('operator', 'times cdot ast bullet', '*')
define('operator', 'div', '/')
define('operator', 'pm', '+-')
define('operator', 'mp', '-+')
define('operator', 'le leq leqslant leqq', '<=')
define('operator', 'ge geq geqslant geqq', '>=')
define('operator', 'ne neq', '!=')
define('operator', 'lt', '<')
define('operator', 'gt', '>')
define('operator', 'in isin', 'in')
define('operator', 'approx approxeq simeq', 'approx')
define('operator', 'cup bigcup', 'cup')
define('operator', 'cap bigcap', 'cap')
define('operator', 'setminus smallsetminus backslash', 'setminus')
define('operator', 'circ degree degrees', 'degree')
define('operator', 'prime', "'")
define('operator', 'lbrace', '\\{')
define('operator', 'rbrace', '\\}')
define('operator', 'lbrack', '[')
define('operator', 'rbrack', ']')
define('operator', 'lparen', '(')
define('operator', 'rparen', ')')
define('operator', 'langle', '\\langle')
define('operator', 'rangle', '\\rangle')
define('operator', 'vert lvert rvert mid', '|')
define('operator', 'lfloor', '\\lfloor')
define('operator', 'rfloor', '\\rfloor')
define('operator', 'lceil', '\\lceil')
define('operator', 'rceil', '\\rceil')
define('operator', 'colon', ':')
define('operator', 'land wedge', 'and')
define('operator', 'lor vee', 'or')
define('operator', 'emptyset varnothing', 'emptyset')
define('operator', 'euro', '€')
define('operator', 'pounds', '£')
define('operator', 'textdollar', '$')

define('constant', 'pi')
define('constant', 'infty infinity', 'infinity')
define('constant', 'imath', 'i')
define('symbol', 'jmath', 'j')
define(
  'symbol',
  'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau upsilon phi chi psi omega ' +
    'Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell hbar',
)
for (const letter of ['epsilon', 'theta', 'rho', 'sigma', 'phi']) define('symbol', `var${letter}`, letter)

const functions = new Map<string, string>()
function defineFunction(name: string, spellings: string): void {
  for (const spelling of spellings.split(' ')) {
    functions.set(spelling, name)
    if (!commands.has(spelling)) commands.set(spelling, { kind: 'function', text: name })
  }
}
for (const name of ['sin', 'cos', 'tan', 'cot', 'sec', 'csc']) {
  defineFunction(name, name)
  defineFunction(`arc${name}`, `arc${name} a${name}`)
  defineFunction(`${name}h`, `${name}h`)
  defineFunction(`ar${name}h`, `ar${name}h arc${name}h a${name}h`)
}
defineFunction('tan', 'tg')
defineFunction('cot', 'ctg')
defineFunction('arctan', 'arctg')
defineFunction('csc', 'cosec')
defineFunction('ln', 'ln')
defineFunction('log', 'log lg')
defineFunction('exp', 'exp')
defineFunction('max', 'max')
defineFunction('min', 'min')
defineFunction('gcd', 'gcd')
defineFunction('lcm', 'lcm')
defineFunction('abs', 'abs')
defineFunction('floor', 'floor')
defineFunction('ceil', 'ceil')
defineFunction('sign', 'sgn sign')
defineFunction('root-of', 'sqrt')
defineFunction('cube-root-of', 'cbrt')
defineFunction('factorial', 'factorial')
defineFunction('binomial', 'binomial')

/** Meaning of each LaTeX command the grammar knows, by its name without the backslash. */
export const COMMANDS: ReadonlyMap<string, Meaning> = commands

/** Functions in plain text: spelling to name. */
export const FUNCTIONS: ReadonlyMap<string, string> = functions

/** Plain-text words that are signs. */
export const WORD_SIGNS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['pi', { kind: 'constant', text: 'pi' }],
  ['inf', { kind: 'constant', text: 'infinity' }],
  ['oo', { kind: 'constant', text: 'infinity' }],
  ['infty', { kind: 'constant', text: 'infinity' }],
  ['infinity', { kind: 'constant', text: 'infinity' }],
  ['and', { kind: 'operator', text: 'and' }],
  ['or', { kind: 'operator', text: 'or' }],
  ['union', { kind: 'operator', text: 'cup' }],
  ...['theta', 'alpha', 'beta', 'gamma', 'delta', 'lambda', 'sigma', 'omega', 'phi'].map(
    (name): [string, Meaning] => [name, { kind: 'symbol', text: name }],
  ),
])

/** Short words that are prose wherever they stand; a product of variables hardly ever spells one. */
export const SHORT_WORDS: ReadonlySet<string> = new Set(
  'is are the of no not yes was has she for per its odd one two six ten'.split(' '),
)

/** Short words that name what a number counts; longer words need no list. */
export const COUNTED_WORDS: ReadonlySet<string> = new Set(
  'men day box pen egg car bus toy hat pie kid boy cat dog ant cow pig hen bag jar can win pts pcs sq cu'.split(
    ' ',
  ),
)

const SMALL_NUMBERS =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  )
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')

/** Numbers in words up to ninety-nine. */
export const NUMBER_WORDS: ReadonlyMap<string, number> = new Map([
  ...SMALL_NUMBERS.map((word, value): [string, number] => [word, value]),
  ...TENS.flatMap((word, index): [string, number][] => [
    [word, 20 + 10 * index],
    ...SMALL_NUMBERS.slice(1, 10).map((unit, value): [string, number] => [
      `${word}-${unit}`,
      21 + 10 * index + value,
    ]),
  ]),
])

/** Words after a number that multiply it. */
export const MULTIPLIER_WORDS: ReadonlyMap<string, number> = new Map([
  ['hundred', 1e2],
  ['thousand', 1e3],
  ['million', 1e6],
  ['billion', 1e9],
  ['trillion', 1e12],
])

/** Words after a number that change its value in ways the grammar does not follow: no unit may hold them. */
export const NOT_A_UNIT: ReadonlySet<string> = new Set([
  ...MULTIPLIER_WORDS.keys(),
  ...NUMBER_WORDS.keys(),
  ...(
    'half halves third thirds quarter quarters fourth fourths fifth fifths sixth sixths seventh sevenths eighth eighths ninth ninths ' +
    'tenth tenths hundredth hundredths thousandth thousandths dozen dozens score pair pairs squared cubed factorial plus ' +
    'minus times over divided multiplied to not than or and but either neither nor except without negative base mod modulo ' +
    'remainder root power if maybe perhaps wrong incorrect false most least about approximately roughly nearly almost'
  ).split(' '),
])

/** Words that join a subject to its value: what follows is the answer. */
export const COPULAS: ReadonlySet<string> = new Set(['is', 'are', 'equals', 'be', 'was', 'were'])

/** Words that forbid reading a sentence as "subject is value". */
export const NEGATIONS: ReadonlySet<string> = new Set(
  'not never cannot no neither nor unlikely isnt arent maybe perhaps possibly either'.split(' '),
)
