/**
 * The error function in double precision, which ONNX Runtime has no kernel for: polynomials for erf(x)/x in x² up to
 * 1.5 and for erfc(x)·exp(x²) in (x − 3)/(x + 3) beyond, fitted with mpmath's chebyfit at 40 digits. The relative
 * error is at most 3e-16 (measured on [−7, 7]).
 */
import { GuerdonError } from '../../records/error.ts'

/** Emits one operator and gives its result's name; numbers become constants. */
export type Emit = (operator: string, inputs: readonly (string | number)[]) => string

/** where the two forms meet, and from where erf is 1 in double precision */
const INNER = 1.5
const OUTER = 6.5
/** the middle and half the width of (x − 3)/(x + 3) over [INNER, OUTER] */
const MIDDLE = 1 / 57
const HALF = 20 / 57

/** highest power first, in the variable scaled to [−1, 1] */
const INSIDE = [
  -5.766864906488735e-14, 8.274551136859135e-13, -1.0915206291252515e-11, 1.3705542894118522e-10,
  -1.6007406074710095e-9, 1.728748041436174e-8, -1.7156358827951865e-7, 1.5529303767744196e-6,
  -1.2707918383914348e-5, 9.302926096301973e-5, -0.0006015929077699332, 0.0033850641463826236,
  -0.016287513685896374, 0.06590879382585495, -0.22525254703530073, 0.8168361747839192,
]
const OUTSIDE = [
  -5.075452010487102e-14, 4.556091176888929e-13, 2.9486295748079142e-12, -2.5907782769956513e-11,
  -1.437690918094627e-10, 1.7370737393045558e-9, 4.53569739332467e-9, -1.3532765313195512e-7,
  4.088952178959497e-7, 8.119192179060409e-6, -0.0001273141459362853, 0.0010541262185184731,
  -0.006270706497512432, 0.02928088627682079, -0.11149226582130681, 0.1733525452081193,
]

/** Horner's form. */
function polynomial(emit: Emit, x: string, coefficients: readonly number[]): string {
  const [highest, ...rest] = coefficients
  if (highest === undefined) throw new GuerdonError('ARGUMENT_INVALID', 'a polynomial of no coefficients')
  let sum: string | number = highest
  for (const coefficient of rest) sum = emit('Add', [emit('Mul', [sum, x]), coefficient])
  return sum as string
}

/** Emits the operators; `final` emits the last one, whose result is erf(x). */
export function erfInDouble(x: string, emit: Emit, final: Emit): string {
  const size = emit('Min', [emit('Abs', [x]), OUTER])
  const square = emit('Mul', [size, size])
  const scaled = emit('Sub', [emit('Div', [square, (INNER * INNER) / 2]), 1])
  const inside = emit('Mul', [size, polynomial(emit, scaled, INSIDE)])
  const ratio = emit('Div', [emit('Sub', [size, 3]), emit('Add', [size, 3])])
  const place = emit('Div', [emit('Sub', [ratio, MIDDLE]), HALF])
  const rest = emit('Mul', [emit('Exp', [emit('Neg', [square])]), polynomial(emit, place, OUTSIDE)])
  const outside = emit('Add', [emit('Neg', [rest]), 1])
  return final('Mul', [emit('Sign', [x]), emit('Where', [emit('Less', [size, INNER]), inside, outside])])
}
