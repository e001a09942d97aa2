/** Convolutions of every stride, size and padding, with both gradients, against plain loops and each other. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RandomStream } from '../numerics/random.ts'
import { compile } from './compile.ts'
import { gradients } from './gradient.ts'
import { convolve } from './operations.ts'

interface Geometry {
  readonly batch: number
  readonly inputs: number
  readonly outputs: number
  readonly height: number
  readonly width: number
  readonly kernelHeight: number
  readonly kernelWidth: number
  readonly stride: number
  readonly padding: number | 'same'
}

/** Loss Σ out², its gradients and the output, by loops over every product. */
function byLoops(of: Geometry, x: Float32Array, weight: Float32Array) {
  const { batch, inputs, outputs, height, width, kernelHeight, kernelWidth, stride, padding } = of
  const [top, bottom] = padding === 'same' ? [(kernelHeight - 1) >> 1, kernelHeight >> 1] : [padding, padding]
  const [left, right] = padding === 'same' ? [(kernelWidth - 1) >> 1, kernelWidth >> 1] : [padding, padding]
  const outHeight = Math.floor((height + top + bottom - kernelHeight) / stride) + 1
  const outWidth = Math.floor((width + left + right - kernelWidth) / stride) + 1
  const visit = (act: (o: number, i: number, w: number) => void): void => {
    for (let n = 0; n < batch; n++)
      for (let c = 0; c < outputs; c++)
        for (let r = 0; r < outHeight; r++)
          for (let s = 0; s < outWidth; s++)
            for (let d = 0; d < inputs; d++)
              for (let u = 0; u < kernelHeight; u++)
                for (let v = 0; v < kernelWidth; v++) {
                  const [row, column] = [r * stride + u - top, s * stride + v - left]
                  if (row < 0 || column < 0 || row >= height || column >= width) continue
                  act(
                    ((n * outputs + c) * outHeight + r) * outWidth + s,
                    ((n * inputs + d) * height + row) * width + column,
                    ((c * inputs + d) * kernelHeight + u) * kernelWidth + v,
                  )
                }
  }
  const out = new Float64Array(batch * outputs * outHeight * outWidth)
  visit((o, i, w) => {
    out[o]! += x[i]! * weight[w]!
  })
  const dx = new Float64Array(x.length)
  const dWeight = new Float64Array(weight.length)
  visit((o, i, w) => {
    dx[i]! += 2 * out[o]! * weight[w]!
    dWeight[w]! += 2 * out[o]! * x[i]!
  })
  return { out, dx, dWeight, shape: [batch, outputs, outHeight, outWidth] }
}

async function check(of: Geometry, backEnd: 'onnx' | 'wasm' | 'reference'): Promise<void> {
  const xShape = [of.batch, of.inputs, of.height, of.width]
  const weightShape = [of.outputs, of.inputs, of.kernelHeight, of.kernelWidth]
  const stream = new RandomStream(4)
  const drawn = (shape: readonly number[]): Float32Array =>
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => stream.normal())
  const [x, weight] = [drawn(xShape), drawn(weightShape)]
  const program = await compile(
    { x: { shape: xShape }, weight: { shape: weightShape } },
    (given) => {
      const out = convolve(given.x, given.weight, { stride: of.stride, padding: of.padding })
      const [dx, dWeight] = gradients(out.square().sum(), [given.x, given.weight])
      return { out, dx: dx!, dWeight: dWeight! }
    },
    { backEnd },
  )
  const found = await program.run({ x, weight })
  const expected = byLoops(of, x, weight)
  expect(found.out.shape).toEqual(expected.shape)
  for (const name of ['out', 'dx', 'dWeight'] as const) {
    const largest = Math.max(1, ...expected[name].map(Math.abs))
    found[name].values.forEach((value, index) => {
      expect(Math.abs(value - expected[name][index]!), name).toBeLessThan(1e-5 * largest)
    })
  }
  await program.close()
}

const base = { batch: 2, inputs: 4, outputs: 4, kernelHeight: 3, kernelWidth: 3 }
const geometries: readonly Geometry[] = [
  { ...base, height: 8, width: 8, stride: 1, padding: 'same' },
  { ...base, height: 8, width: 8, stride: 2, padding: 1 },
  { ...base, height: 7, width: 6, stride: 2, padding: 1 },
  { ...base, height: 7, width: 9, stride: 2, padding: 0 },
  { ...base, height: 8, width: 8, stride: 3, padding: 0 },
  { ...base, height: 6, width: 5, stride: 2, padding: 'same' },
  { ...base, height: 6, width: 6, kernelHeight: 1, kernelWidth: 1, stride: 2, padding: 0 },
  { ...base, height: 8, width: 8, kernelHeight: 4, kernelWidth: 4, stride: 4, padding: 0 },
  { ...base, height: 9, width: 6, kernelHeight: 2, kernelWidth: 5, stride: 2, padding: 'same' },
  { ...base, height: 5, width: 5, stride: 1, padding: 3 },
]

describe('convolution', () => {
  it.each(
    geometries.flatMap((of) => (['onnx', 'wasm', 'reference'] as const).map((backEnd) => ({ of, backEnd }))),
  )(
    '$of.height × $of.width by $of.kernelHeight × $of.kernelWidth, stride $of.stride, padding $of.padding, on $backEnd',
    ({ of, backEnd }) => check(of, backEnd),
  )

  it('holds for any geometry that fits', () =>
    fc.assert(
      fc.asyncProperty(
        fc.record({
          batch: fc.integer({ min: 1, max: 3 }),
          inputs: fc.integer({ min: 1, max: 5 }),
          outputs: fc.integer({ min: 1, max: 5 }),
          height: fc.integer({ min: 3, max: 9 }),
          width: fc.integer({ min: 3, max: 9 }),
          kernelHeight: fc.integer({ min: 1, max: 3 }),
          kernelWidth: fc.integer({ min: 1, max: 3 }),
          stride: fc.integer({ min: 1, max: 3 }),
          padding: fc.oneof(fc.constant('same' as const), fc.integer({ min: 0, max: 2 })),
        }),
        (of) => check(of, 'onnx'),
      ),
      { numRuns: 40 },
    ))

  it('says what does not fit', async () => {
    await expect(
      compile({ x: { shape: [1, 3, 4, 4] }, weight: { shape: [2, 2, 3, 3] } }, ({ x, weight }) => ({
        out: convolve(x, weight),
      })),
    ).rejects.toThrow('cannot convolve')
    await expect(
      compile({ x: { shape: [1, 2, 2, 2] }, weight: { shape: [2, 2, 3, 3] } }, ({ x, weight }) => ({
        out: convolve(x, weight, { padding: 0 }),
      })),
    ).rejects.toThrow('cannot convolve')
  })
})
