/** Turns texts into vectors from code, without any model. */
import { openEncoder } from '../src/inference.ts'

const encoder = await openEncoder({ use: 'hashed-n-grams', form: false })
const texts = ['Paris is the capital of France.', 'The capital of France is Paris.', 'I like green tea.']
const rows = await encoder.embed(texts)

const row = (index: number) => rows.subarray(index * encoder.width, (index + 1) * encoder.width)
const dot = (a: Float32Array, b: Float32Array) =>
  a.reduce((sum, value, column) => sum + value * b[column]!, 0)
console.log(`${encoder.name}, ${encoder.width} numbers a text`)
console.log(`likeness to the first: ${dot(row(0), row(1)).toFixed(2)} and ${dot(row(0), row(2)).toFixed(2)}`)
console.log(encoder.notice)
await encoder.close()
