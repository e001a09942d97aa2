import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { HostTensor } from './host-tensor.ts'
import { arrayOf, type Dtype } from './node.ts'
import { decodeSafetensors, encodeSafetensors, readSafetensors, writeSafetensors } from './safetensors.ts'

const folder = mkdtempSync(join(tmpdir(), 'guerdon-safetensors-'))
afterAll(() => rmSync(folder, { recursive: true }))

// safetensors 0.8.0 with torch 2.13: safetensors.torch.save({'head.0.weight': [[1.5, −2], [0.25, 3]], 'head.0.bias':
// [0.5, −0.5], 'ids': int32 [7, −8, 9], 'flag': [True, False, True], 'wide': float64 [1/3]}, {'model': 'probe', …}).
const PYTHON = `YAEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJzdGVwIjoiMTIiLCJtb2RlbCI6InByb2JlIn0sIndpZGUiOnsiZHR5cGUiOiJGNjQi
LCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOlswLDhdfSwiaGVhZC4wLmJpYXMiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzJdLCJkYXRhX29mZnNld
HMiOls4LDE2XX0sImhlYWQuMC53ZWlnaHQiOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzIsMl0sImRhdGFfb2Zmc2V0cyI6WzE2LDMyXX0sImlkcyI6ey
JkdHlwZSI6IkkzMiIsInNoYXBlIjpbM10sImRhdGFfb2Zmc2V0cyI6WzMyLDQ0XX0sImZsYWciOnsiZHR5cGUiOiJCT09MIiwic2hhcGUiOlszXSwiZGF
0YV9vZmZzZXRzIjpbNDQsNDddfX0gVVVVVVVV1T8AAAA/AAAAvwAAwD8AAADAAACAPgAAQEAHAAAA+P///wkAAAABAAE=`
// {'h': float16 [1.5]}
const HALF = 'OAAAAAAAAAB7ImgiOnsiZHR5cGUiOiJGMTYiLCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOlswLDJdfX0gIAA+'

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))

function fileOf(header: string, data = 0): Uint8Array {
  const text = new TextEncoder().encode(header)
  const bytes = new Uint8Array(8 + text.length + data)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
  bytes.set(text, 8)
  return bytes
}

const tensor = fc
  .record({
    dtype: fc.constantFrom<Dtype>('float32', 'float64', 'int32', 'bool'),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
    seed: fc.integer(),
  })
  .map(({ dtype, shape, seed }): HostTensor => {
    const values = arrayOf(
      dtype,
      shape.reduce((product, length) => product * length, 1),
    )
    for (let index = 0; index < values.length; index++)
      values[index] = dtype === 'bool' ? (seed + index) & 1 : Math.sin(seed + index) * 1e6
    return { shape, dtype, values }
  })

describe('safetensors', () => {
  it('come back as they were', () =>
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ minLength: 1 }).filter((name) => !name.startsWith('__')),
          tensor,
        ),
        fc.dictionary(
          fc.string().filter((name) => !name.startsWith('__')),
          fc.string(),
        ),
        (tensors, metadata) => {
          const bytes = encodeSafetensors({ tensors, metadata })
          const back = decodeSafetensors(bytes)
          expect(new Map(Object.entries(back.tensors))).toEqual(new Map(Object.entries(tensors)))
          expect(new Map(Object.entries(back.metadata))).toEqual(new Map(Object.entries(metadata)))
          expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0)
        },
      ),
    ))

  it('written by Python are read', () => {
    const { tensors, metadata } = decodeSafetensors(bytesOf(PYTHON))
    expect(metadata).toEqual({ step: '12', model: 'probe' })
    expect(tensors['head.0.weight']).toEqual({
      shape: [2, 2],
      dtype: 'float32',
      values: Float32Array.of(1.5, -2, 0.25, 3),
    })
    expect(tensors['head.0.bias']!.values).toEqual(Float32Array.of(0.5, -0.5))
    expect(tensors.ids!.values).toEqual(Int32Array.of(7, -8, 9))
    expect(tensors.flag!.values).toEqual(Uint8Array.of(1, 0, 1))
    expect(tensors.wide!.values).toEqual(Float64Array.of(1 / 3))
  })

  it.each([
    ['too short', Uint8Array.of(1, 2), 'too short'],
    ['a header longer than the file', bytesOf(PYTHON).slice(0, 100), 'its header alone 352'],
    ['no JSON', fileOf('{"a":'), 'no JSON'],
    ['no object', fileOf('[1]'), 'names no tensors'],
    ['data cut off', bytesOf(PYTHON).slice(0, -1), 'cut off inside "flag"'],
    ['another type', bytesOf(HALF), 'holds "h" as F16, which is not read'],
    ['a tensor without a place', fileOf('{"a":{"dtype":"F32","shape":[1]}}', 4), 'without a shape or place'],
    [
      'a negative place',
      fileOf('{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}'),
      'without a shape',
    ],
    [
      'a length that is none',
      fileOf('{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,6]}}', 6),
      'without a',
    ],
    ['a null entry', fileOf('{"a":null}'), 'without a shape'],
    [
      'a wrong extent',
      fileOf('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 8),
      'cut off inside "a"',
    ],
  ])('damaged are refused: %s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes, 'model.safetensors')).toThrow(message)
    expect(() => decodeSafetensors(bytes, 'model.safetensors')).toThrow('model.safetensors')
  })

  it('are written whole, without a trace of the temporary file', () => {
    const path = join(folder, 'a.safetensors')
    writeFileSync(path, 'something older')
    const tensors = { a: { shape: [1], dtype: 'float32' as const, values: Float32Array.of(1) } }
    writeSafetensors(path, { tensors, metadata: {} })
    expect(readSafetensors(path).tensors).toEqual(tensors)
    expect(readdirSync(folder)).toEqual(['a.safetensors'])
    expect(() => writeSafetensors(join(folder, 'none/a.safetensors'), { tensors, metadata: {} })).toThrow(
      'cannot be written',
    )
    expect(() => readSafetensors(join(folder, 'b.safetensors'))).toThrow('cannot be read')
  })
})
