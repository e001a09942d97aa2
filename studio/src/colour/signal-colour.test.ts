import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assignHues, paletteSize, signalColour } from './signal-colour.ts'

const sheet = readFileSync(new URL('../style/theme.css', import.meta.url), 'utf8')

/** every `--name: #rrggbb` of a theme's block */
function colours(theme: 'light' | 'dark'): Map<string, string> {
  const block = sheet.split(`/* ${theme} */`)[1]!.split('}')[0]!
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, hex]) => [name!, hex!]))
}

function linear(hex: string): number[] {
  return [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
}

/** WCAG contrast ratio */
function contrast(a: string, b: string): number {
  const [x, y] = [a, b].map((hex) => {
    const [red, green, blue] = linear(hex)
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue! + 0.05
  })
  return Math.max(x! / y!, y! / x!)
}

/** distance in OKLab */
function distance(a: string, b: string): number {
  const [x, y] = [a, b].map((hex) => {
    const [red, green, blue] = linear(hex)
    const l = Math.cbrt(0.4122214708 * red! + 0.5363325363 * green! + 0.0514459929 * blue!)
    const m = Math.cbrt(0.2119034982 * red! + 0.6806995451 * green! + 0.1073969566 * blue!)
    const s = Math.cbrt(0.0883024619 * red! + 0.2817188376 * green! + 0.6299787005 * blue!)
    return [
      0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
      1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
      0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
    ]
  })
  return Math.hypot(...x!.map((value, index) => value - y![index]!))
}

test.each(['light', 'dark'] as const)(
  '%s: colours are readable as text and differ from one another',
  (theme) => {
    const all = colours(theme)
    const palette = Array.from({ length: paletteSize }, (_, hue) => all.get(`signal-${hue}`)!)
    for (const ground of [all.get('surface')!, all.get('page')!]) {
      for (const colour of [
        ...palette,
        all.get('ink')!,
        all.get('soft-ink')!,
        all.get('alert')!,
        all.get('accent')!,
      ])
        expect(contrast(colour, ground)).toBeGreaterThanOrEqual(4.5)
    }
    for (let a = 0; a < paletteSize; a++) {
      expect(distance(palette[a]!, all.get('alert')!)).toBeGreaterThan(0.06)
      for (let b = 0; b < a; b++) expect(distance(palette[a]!, palette[b]!)).toBeGreaterThan(0.06)
    }
  },
)

test('a name keeps its hue in any order of names, and names differ while the palette lasts', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { maxLength: paletteSize }), (names) => {
      const hues = assignHues(names)
      expect(assignHues([...names].reverse())).toEqual(hues)
      expect(new Set(hues.values()).size).toBe(names.length)
    }),
  )
})

test('more names than places still get a place each', () => {
  const names = Array.from({ length: 40 }, (_, index) => `column ${index}`)
  for (const hue of assignHues(names).values()) expect(hue).toBeLessThan(paletteSize)
  expect(signalColour(assignHues(names), 'reward')).toBe('var(--ink)')
})
