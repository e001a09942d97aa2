/** Units of measurement: which words are units, and how two units relate. */
import { divide, equals, multiply, ONE, power, type Rational, rational } from './rational.ts'

/**
 * A unit as written. `dimension` is empty when a word is not in the table; then only the `words` tell units apart.
 * `scale`: how many base units of the dimension one of it is.
 */
export interface Unit {
  readonly words: string
  readonly dimension: string
  readonly scale: Rational
}

/** One factor of a compound unit. */
export interface UnitFactor {
  readonly word: string
  readonly power: number
}

interface Entry {
  readonly dimension: ReadonlyMap<string, number>
  readonly scale: Rational
}

const table = new Map<string, Entry>()

function define(
  dimension: string | Record<string, number>,
  scale: [number, number],
  spellings: string,
): void {
  const entry: Entry = {
    dimension: new Map(typeof dimension === 'string' ? [[dimension, 1]] : Object.entries(dimension)),
    scale: rational(scale[0], scale[1]),
  }
  for (const spelling of spellings.split(' ')) table.set(spelling, entry)
}

define('length', [1, 1], 'm meter meters metre metres')
define('length', [1000, 1], 'km kilometer kilometers kilometre kilometres')
define('length', [1, 10], 'dm decimeter decimeters')
define('length', [1, 100], 'cm centimeter centimeters centimetre centimetres')
define('length', [1, 1000], 'mm millimeter millimeters millimetre millimetres')
define('length', [127, 5000], 'in inch inches')
define('length', [381, 1250], 'ft foot feet')
define('length', [1143, 1250], 'yd yard yards')
define('length', [201168, 125], 'mi mile miles')
define('mass', [1, 1000], 'g gram grams')
define('mass', [1, 1], 'kg kilogram kilograms kilo kilos')
define('mass', [1, 1_000_000], 'mg milligram milligrams')
define('mass', [1000, 1], 'tonne tonnes')
define('mass', [45359237, 100_000_000], 'lb lbs pound pounds')
define('mass', [45359237, 1_600_000_000], 'oz ounce ounces')
define('time', [1, 1], 's sec secs second seconds')
define('time', [1, 1000], 'ms millisecond milliseconds')
define('time', [60, 1], 'min mins minute minutes')
define('time', [3600, 1], 'h hr hrs hour hours')
define('time', [86_400, 1], 'day days')
define('time', [604_800, 1], 'week weeks')
define('month', [1, 1], 'month months')
define('month', [12, 1], 'yr yrs year years')
define({ length: 3 }, [1, 1000], 'L liter liters litre litres')
define({ length: 3 }, [1, 1_000_000], 'mL ml milliliter milliliters millilitre millilitres')
define('gallon', [1, 1], 'gal gallon gallons')
define('gallon', [1, 4], 'qt quart quarts')
define('gallon', [1, 8], 'pt pint pints')
define('gallon', [1, 16], 'cup cups')
define({ length: 1, time: -1 }, [201168, 450_000], 'mph')
define({ length: 1, time: -1 }, [5, 18], 'kph kmh')
define('dollar', [1, 1], '$ dollar dollars usd buck bucks')
define('dollar', [1, 100], 'cent cents ¢')
define('euro', [1, 1], '€ eur euro euros')
define('pound-sterling', [1, 1], '£ gbp')
define('degree', [1, 1], 'degree degrees deg')
define('radian', [1, 1], 'rad rads radian radians')
define('celsius', [1, 1], 'celsius')
define('fahrenheit', [1, 1], 'fahrenheit')
define('kelvin', [1, 1], 'K kelvin kelvins')
define('percent', [1, 1], '% percent percentage')
define({ mass: 1, length: 1, time: -2 }, [1, 1], 'N newton newtons')
define({ mass: 1, length: 1, time: -2 }, [1000, 1], 'kN')
define({ mass: 1, length: 2, time: -2 }, [1, 1], 'J joule joules')
define({ mass: 1, length: 2, time: -2 }, [1000, 1], 'kJ kilojoule kilojoules')
define({ mass: 1, length: 2, time: -3 }, [1, 1], 'W watt watts')
define({ mass: 1, length: 2, time: -3 }, [1000, 1], 'kW kilowatt kilowatts')
define({ time: -1 }, [1, 1], 'Hz hertz')
define({ time: -1 }, [1000, 1], 'kHz kilohertz')
define('unit', [1, 1], 'unit units')
define('am', [1, 1], 'am a.m a.m.')
define('pm', [1, 1], 'pm p.m p.m.')

const SQUARES: ReadonlySet<string> = new Set(['square', 'sq', 'squared'])
const CUBES: ReadonlySet<string> = new Set(['cubic', 'cu'])

/** Words of a unit that carry no meaning of their own. */
const FILLERS: ReadonlySet<string> = new Set(['of', 'the', 'a', 'an', 'is', 'are', 'total', 'each'])

const lookUp = (word: string): Entry | undefined => table.get(word) ?? table.get(word.toLowerCase())

/** Whether the table holds this word. */
export function isKnownUnit(word: string): boolean {
  return lookUp(word) !== undefined
}

function simplified(word: string): string {
  const lower = word.toLowerCase()
  return lower.length > 3 && lower.endsWith('s') && !lower.endsWith('ss') ? lower.slice(0, -1) : lower
}

/**
 * The unit that the factors spell. `square` and `cubic` raise the next word.
 *
 * @example unitOf([{ word: 'km', power: 1 }, { word: 'h', power: -1 }]) // scale 5/18, dimension 'length^1 time^-1'
 */
export function unitOf(factors: readonly UnitFactor[]): Unit {
  const dimension = new Map<string, number>()
  let scale = ONE
  let known = factors.length > 0
  let raise = 1
  const words: string[] = []
  for (const [at, { word, power: exponent }] of factors.entries()) {
    const lower = word.toLowerCase()
    if (FILLERS.has(lower)) continue
    // "in total" and "in the box"; at the end, or with a power, it is inches
    if (lower === 'in' && exponent === 1 && at + 1 < factors.length) continue
    if (SQUARES.has(lower) || CUBES.has(lower)) {
      raise = SQUARES.has(lower) ? 2 : 3
      words.push(raise === 2 ? 'square' : 'cubic')
      continue
    }
    const raised = exponent * raise
    raise = 1
    words.push(exponent === 1 ? simplified(word) : `${simplified(word)}^${exponent}`)
    const entry = lookUp(word)
    if (entry === undefined) {
      known = false
      continue
    }
    scale = multiply(scale, power(entry.scale, raised))
    for (const [name, size] of entry.dimension)
      dimension.set(name, (dimension.get(name) ?? 0) + size * raised)
  }
  if (words.length === 0) known = false
  const parts = [...dimension].filter(([, size]) => size !== 0).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    words: words.join(' '),
    dimension: known ? parts.map(([name, size]) => `${name}^${size}`).join(' ') : '',
    scale: known ? scale : ONE,
  }
}

export const PERCENT: Unit = unitOf([{ word: '%', power: 1 }])
export const DEGREE: Unit = unitOf([{ word: 'degree', power: 1 }])

/** How two units relate: the same, convertible by a factor, contradictory, or not known. */
export type UnitRelation =
  | { readonly kind: 'same' }
  | { readonly kind: 'convertible'; readonly factor: Rational }
  | { readonly kind: 'contradictory' }
  | { readonly kind: 'unknown' }

const SAME: UnitRelation = { kind: 'same' }

/** Relates two units; `factor` turns a number of `b` into a number of `a`. */
export function relateUnits(a: Unit, b: Unit): UnitRelation {
  if (a.words === b.words) return SAME
  if (a.dimension !== '' && b.dimension !== '') {
    if (a.dimension !== b.dimension) {
      // "units" says nothing about which unit
      return a.dimension.startsWith('unit') || b.dimension.startsWith('unit')
        ? SAME
        : { kind: 'contradictory' }
    }
    return equals(a.scale, b.scale) ? SAME : { kind: 'convertible', factor: divide(b.scale, a.scale) }
  }
  const wordsOfA = new Set(a.words.split(' '))
  const wordsOfB = new Set(b.words.split(' '))
  const isSaid = (words: Set<string>, by: Set<string>): boolean => [...words].every((word) => by.has(word))
  return isSaid(wordsOfA, wordsOfB) || isSaid(wordsOfB, wordsOfA) ? SAME : { kind: 'unknown' }
}
