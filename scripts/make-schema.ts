/** Writes schema/reward.schema.json; `--check` fails when the file on disk is not what would be written. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { registry } from '../src/reward/registry.ts'
import { specJsonSchema } from '../src/reward/spec-json-schema.ts'

const target = join(import.meta.dirname, '../schema/reward.schema.json')
const text = `${JSON.stringify(specJsonSchema(registry), null, 2)}\n`
if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text) {
    console.error('schema/reward.schema.json is not up to date; run npm run generate')
    process.exit(1)
  }
} else writeFileSync(target, text)
