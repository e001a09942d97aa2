/** Writes the JSON Schemas of specs and of training configs; `--check` fails when a file is not what would be written. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { registry } from '../src/reward/registry.ts'
import { specJsonSchema } from '../src/reward/spec-json-schema.ts'
import { recipes } from '../src/reward-models/recipes.ts'
import { trainJsonSchema } from '../src/reward-models/train-json-schema.ts'

const schemas = {
  'reward.schema.json': specJsonSchema(registry),
  'train.schema.json': trainJsonSchema(recipes),
}
for (const [name, schema] of Object.entries(schemas)) {
  const target = join(import.meta.dirname, '../schema', name)
  const text = `${JSON.stringify(schema, null, 2)}\n`
  if (!process.argv.includes('--check')) writeFileSync(target, text)
  else if (readFileSync(target, 'utf8') !== text) {
    console.error(`schema/${name} is not up to date; run npm run generate`)
    process.exitCode = 1
  }
}
