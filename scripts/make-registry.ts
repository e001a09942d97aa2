/**
 * Writes src/reward/methods.generated.ts: the list of every method in the rooms, found by its maker's call.
 * `node scripts/make-registry.ts` writes it; `--check` fails when the file on disk is not what would be written.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const target = join(root, 'src/reward/methods.generated.ts')
const maker =
  /^export const (\w+)(?::[^=\n]+)? = define(Signal|Shaping|Combiner|Advantage|Preset)(?:<[^\n]*>)?\(/gm

const rooms = ['signals', 'reward-models', 'shaping', 'combining', 'advantages', 'reward/presets']
const found: { name: string; file: string; kind: string }[] = []
for (const room of rooms) {
  for (const file of globSync(`src/${room}/**/*.ts`, { cwd: root }).sort()) {
    if (file.endsWith('.test.ts')) continue
    for (const match of readFileSync(join(root, file), 'utf8').matchAll(maker)) {
      found.push({ name: match[1]!, file, kind: match[2]! })
    }
  }
}
const path = (file: string) =>
  file.startsWith('src/reward/') ? `./${file.slice(11)}` : `../${file.slice(4)}`
const imports = new Map<string, string[]>()
for (const { name, file } of found) imports.set(path(file), [...(imports.get(path(file)) ?? []), name])
const methods = found.filter(({ kind }) => kind !== 'Preset').map(({ name }) => name)
const presets = found.filter(({ kind }) => kind === 'Preset').map(({ name }) => name)
const text = `// Written by scripts/make-registry.ts from the makers' calls; do not edit.
import type { Preset } from '../kinds/preset.ts'
${[...imports].map(([file, names]) => `import { ${names.join(', ')} } from '${file}'`).join('\n')}
import type { AnyMethod } from './registry.ts'

export const methods: readonly AnyMethod[] = [\n${methods.map((name) => `  ${name},\n`).join('')}]

export const presets: readonly Preset[] = [\n${presets.map((name) => `  ${name},\n`).join('')}]

export {\n${[...methods, ...presets]
  .sort()
  .map((name) => `  ${name},\n`)
  .join('')}}
`
/** What a text says whatever its layout and the order of its imports. */
const words = (source: string): string => (source.match(/[\w./-]+/g) ?? []).sort().join(' ')

if (process.argv.includes('--check')) {
  if (words(readFileSync(target, 'utf8')) !== words(text)) {
    console.error('src/reward/methods.generated.ts is not up to date; run npm run generate')
    process.exit(1)
  }
} else {
  writeFileSync(target, text)
  console.log(`${methods.length} methods, ${presets.length} presets`)
}
