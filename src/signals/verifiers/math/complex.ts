/** Complex functions on principal branches, in place on one mutable number: sampling allocates nothing per point. */

/** A mutable complex number in Cartesian form; `peak` is the largest summand met on the way to it. */
export interface Complex {
  re: number
  im: number
  peak: number
}

export function set(z: Complex, re: number, im: number): void {
  z.re = re
  z.im = im
}

const isReal = (z: Complex): boolean => z.im === 0

/** z ← z · (re + i·im) */
export function multiplyBy(z: Complex, re: number, im: number): void {
  if (im === 0 && z.im === 0) z.re *= re
  else set(z, z.re * re - z.im * im, z.re * im + z.im * re)
}

/** z ← 1/z; zero gives NaN, because 1/0 has no value. */
export function invert(z: Complex): void {
  const size = z.re * z.re + z.im * z.im
  if (z.re === 0 && z.im === 0) set(z, Number.NaN, 0)
  else if (z.im === 0) z.re = 1 / z.re
  else set(z, z.re / size, -z.im / size)
}

/** z ← ln z */
export function logarithm(z: Complex): void {
  if (z.re === 0 && z.im === 0) set(z, Number.NaN, 0)
  else if (isReal(z) && z.re > 0) z.re = Math.log(z.re)
  else set(z, Math.log(Math.hypot(z.re, z.im)), Math.atan2(z.im, z.re))
}

/** z ← eᶻ */
export function exponential(z: Complex): void {
  const size = Math.exp(z.re)
  if (isReal(z)) z.re = size
  else set(z, size * Math.cos(z.im), size * Math.sin(z.im))
}

/** z ← √z */
export function squareRoot(z: Complex): void {
  if (isReal(z)) {
    if (z.re >= 0) z.re = Math.sqrt(z.re)
    else set(z, 0, Math.sqrt(-z.re))
    return
  }
  const size = Math.hypot(z.re, z.im)
  const re = Math.sqrt((size + z.re) / 2)
  const im = Math.sqrt((size - z.re) / 2)
  set(z, re, z.im < 0 ? -im : im)
}

/** z ← zⁿ for an integer n, by repeated squaring. */
export function integerPower(z: Complex, exponent: number): void {
  if (isReal(z)) {
    if (z.re === 0 && exponent < 0) z.re = Number.NaN
    else z.re **= exponent
    return
  }
  if (exponent < 0) invert(z)
  let baseRe = z.re
  let baseIm = z.im
  set(z, 1, 0)
  for (let rest = Math.abs(exponent); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) multiplyBy(z, baseRe, baseIm)
    const re = baseRe * baseRe - baseIm * baseIm
    baseIm = 2 * baseRe * baseIm
    baseRe = re
  }
}

/** z ← z^(re + i·im), principal branch. */
export function generalPower(z: Complex, re: number, im: number): void {
  if (z.re === 0 && z.im === 0) {
    set(z, re > 0 ? 0 : Number.NaN, 0)
    return
  }
  if (im === 0 && isReal(z) && z.re > 0) {
    z.re **= re
    return
  }
  logarithm(z)
  multiplyBy(z, re, im)
  exponential(z)
}

function sine(z: Complex): void {
  if (isReal(z)) z.re = Math.sin(z.re)
  else set(z, Math.sin(z.re) * Math.cosh(z.im), Math.cos(z.re) * Math.sinh(z.im))
}

function cosine(z: Complex): void {
  if (isReal(z)) z.re = Math.cos(z.re)
  else set(z, Math.cos(z.re) * Math.cosh(z.im), -Math.sin(z.re) * Math.sinh(z.im))
}

/** A pole that rounding hides: tan(π/2) in doubles is 1.6e16. */
const POLE = 1e15

function tangent(z: Complex): void {
  if (isReal(z)) {
    z.re = Math.tan(z.re)
    if (Math.abs(z.re) > POLE) z.re = Number.NaN
    return
  }
  const { re, im } = z
  sine(z)
  const sineRe = z.re
  const sineIm = z.im
  set(z, re, im)
  cosine(z)
  invert(z)
  multiplyBy(z, sineRe, sineIm)
}

/** z ← i·z */
function turn(z: Complex): void {
  set(z, -z.im, z.re)
}

/** z ← −i·z */
function turnBack(z: Complex): void {
  set(z, z.im, -z.re)
}

/** arcsin z = −i ln(iz + √(1 − z²)) */
function arcsine(z: Complex): void {
  if (isReal(z) && Math.abs(z.re) <= 1) {
    z.re = Math.asin(z.re)
    return
  }
  const { re, im } = z
  set(z, 1 - (re * re - im * im), -2 * re * im)
  squareRoot(z)
  set(z, z.re - im, z.im + re)
  logarithm(z)
  turnBack(z)
}

/** arctan z = (i/2)(ln(1 − iz) − ln(1 + iz)) */
function arctangent(z: Complex): void {
  if (isReal(z)) {
    z.re = Math.atan(z.re)
    return
  }
  const { re, im } = z
  set(z, 1 + im, -re)
  logarithm(z)
  const firstRe = z.re
  const firstIm = z.im
  set(z, 1 - im, re)
  logarithm(z)
  set(z, (firstRe - z.re) / 2, (firstIm - z.im) / 2)
  turn(z)
}

/** arsinh z = ln(z + √(z² + 1)) */
function areaSine(z: Complex): void {
  if (isReal(z)) {
    z.re = Math.asinh(z.re)
    return
  }
  turn(z)
  arcsine(z)
  turnBack(z)
}

/** arcosh z = ln(z + √(z + 1)·√(z − 1)) */
function areaCosine(z: Complex): void {
  const { re, im } = z
  set(z, re + 1, im)
  squareRoot(z)
  const firstRe = z.re
  const firstIm = z.im
  set(z, re - 1, im)
  squareRoot(z)
  multiplyBy(z, firstRe, firstIm)
  set(z, z.re + re, z.im + im)
  logarithm(z)
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** z ← Γ(z), Lanczos's approximation (relative error about 1e-14); poles give NaN. */
export function gamma(z: Complex): void {
  const { re, im } = z
  if (im === 0 && re <= 0 && Number.isInteger(re)) {
    z.re = Number.NaN
    return
  }
  if (re < 0.5) {
    // reflection: Γ(z) = π / (sin(πz) Γ(1 − z))
    set(z, 1 - re, -im)
    gamma(z)
    const gammaRe = z.re
    const gammaIm = z.im
    set(z, Math.PI * re, Math.PI * im)
    sine(z)
    multiplyBy(z, gammaRe, gammaIm)
    invert(z)
    multiplyBy(z, Math.PI, 0)
    return
  }
  const shiftedRe = re - 1
  let sumRe = LANCZOS[0]!
  let sumIm = 0
  for (let k = 1; k < LANCZOS.length; k++) {
    set(z, shiftedRe + k, im)
    invert(z)
    sumRe += LANCZOS[k]! * z.re
    sumIm += LANCZOS[k]! * z.im
  }
  const baseRe = shiftedRe + 7.5
  set(z, baseRe, im)
  generalPower(z, shiftedRe + 0.5, im)
  multiplyBy(z, sumRe, sumIm)
  const powerRe = z.re
  const powerIm = z.im
  set(z, -baseRe, -im)
  exponential(z)
  multiplyBy(z, powerRe, powerIm)
  multiplyBy(z, Math.sqrt(2 * Math.PI), 0)
}

/** Rounding of a step function is decided only clearly away from its steps. */
const STEP_MARGIN = 1e-9

function step(z: Complex, round: (value: number) => number): void {
  const nearest = Math.round(z.re)
  const isNearStep = z.re !== nearest && Math.abs(z.re - nearest) < STEP_MARGIN
  set(z, isReal(z) && !isNearStep ? round(z.re) : Number.NaN, 0)
}

type InPlace = (z: Complex) => void

/** f after g, both in place. */
const after =
  (f: InPlace, g: InPlace): InPlace =>
  (z) => {
    g(z)
    f(z)
  }

function arccosine(z: Complex): void {
  arcsine(z)
  set(z, Math.PI / 2 - z.re, -z.im)
}

/** f(iz) turned back: how a circular function becomes its hyperbolic one. */
const hyperbolic = (f: InPlace): InPlace => after(turnBack, after(f, turn))

const hyperbolicSine = hyperbolic(sine)
const hyperbolicCosine = after(cosine, turn)
const hyperbolicTangent = hyperbolic(tangent)
const areaTangent = hyperbolic(arctangent)

const IN_PLACE: ReadonlyMap<string, InPlace> = new Map([
  ['ln', logarithm],
  ['sin', sine],
  ['cos', cosine],
  ['tan', tangent],
  ['arcsin', arcsine],
  ['arccos', arccosine],
  ['arctan', arctangent],
  ['arccot', after(arctangent, invert)],
  ['arcsec', after(arccosine, invert)],
  ['arccsc', after(arcsine, invert)],
  ['sinh', hyperbolicSine],
  ['cosh', hyperbolicCosine],
  ['tanh', hyperbolicTangent],
  ['csch', after(invert, hyperbolicSine)],
  ['sech', after(invert, hyperbolicCosine)],
  ['coth', after(invert, hyperbolicTangent)],
  ['arsinh', areaSine],
  ['arcosh', areaCosine],
  ['artanh', areaTangent],
  ['arcsch', after(areaSine, invert)],
  ['arsech', after(areaCosine, invert)],
  ['arcoth', after(areaTangent, invert)],
  ['abs', (z) => set(z, Math.hypot(z.re, z.im), 0)],
  ['sign', (z) => set(z, isReal(z) ? Math.sign(z.re) : Number.NaN, 0)],
  ['floor', (z) => step(z, Math.floor)],
  ['ceil', (z) => step(z, Math.ceil)],
  [
    'factorial',
    (z) => {
      z.re += 1
      gamma(z)
    },
  ],
])

/** Applies a function of one argument by its name; unknown names give NaN. */
export function applyFunction(name: string, z: Complex): void {
  const apply = IN_PLACE.get(name)
  if (apply === undefined) set(z, Number.NaN, 0)
  else apply(z)
}
