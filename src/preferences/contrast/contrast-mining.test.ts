import { expect, it } from 'vitest'
import { contrastPartners } from './contrast-mining.ts'

it('a partner lies in the window, is the most similar there, and is never the same text', () => {
  const at = (degrees: number): number[] => [
    Math.cos((degrees * Math.PI) / 180),
    Math.sin((degrees * Math.PI) / 180),
  ]
  const embeddings = [at(0), at(30), at(35), at(90), at(30)].flat()
  const found = contrastPartners(embeddings, 2, { low: 0.75, high: 0.9, texts: ['a', 'b', 'c', 'd', 'b'] })
  // 30 degrees is .866, 35 is .819; 5 degrees is too close, 55 too far.
  expect(Array.from(found.partner)).toEqual([1, 0, 0, -1, 0])
  expect(found.cosine[0]).toBeCloseTo(Math.cos(Math.PI / 6), 12)
  expect(Number.isNaN(found.cosine[3]!)).toBe(true)
})

it('equal texts do not become partners even inside the window', () => {
  const found = contrastPartners([1, 0, 0.8, 0.6], 2, { texts: ['same', 'same'] })
  expect(Array.from(found.partner)).toEqual([-1, -1])
})

it('an empty window is refused', () => {
  expect(() => contrastPartners([1, 0], 2, { low: 0.9, high: 0.8 })).toThrow('is no window')
})
