/** One hue for each column, the same on every page. The palette lies in `style/theme.css`; red is not in it. */
export const paletteSize = 12

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  }
  return value >>> 0
}

/**
 * Column → place in the palette. A name's hash says where it wants to be; of two that want the same place, the later
 * in alphabetical order takes the next free one, so that the columns of a run differ as long as the palette lasts.
 */
export function assignHues(names: Iterable<string>): ReadonlyMap<string, number> {
  const hues = new Map<string, number>()
  const taken = new Set<number>()
  for (const name of [...new Set(names)].sort()) {
    let hue = hash(name) % paletteSize
    if (taken.size < paletteSize) while (taken.has(hue)) hue = (hue + 1) % paletteSize
    taken.add(hue)
    hues.set(name, hue)
  }
  return hues
}

/** A column's colour as CSS. The reward itself is drawn in ink, the advantage in a softer one. */
export function signalColour(hues: ReadonlyMap<string, number>, name: string): string {
  if (name === 'reward') return 'var(--ink)'
  if (name === 'advantage') return 'var(--soft-ink)'
  return `var(--signal-${hues.get(name) ?? hash(name) % paletteSize})`
}
