/** `npm run parity [-- FOLDER] [--json] [--only A,B] [--skip F,G] [--require A,B]`: the authors' vectors, all of them. */
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type FileResult, runFile } from './run-file.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean' },
    only: { type: 'string' },
    skip: { type: 'string' },
    require: { type: 'string' },
  },
})
const list = (text: string | undefined): string[] =>
  text === undefined ? [] : text.split(',').map((part) => part.trim())
const beside = resolve(import.meta.dirname, '../../../shared/vectors')
const folder = positionals[0] ?? (existsSync(beside) ? beside : join(import.meta.dirname, 'vectors'))
if (!existsSync(folder)) {
  console.error(`${folder}: there is no such folder of vectors`)
  process.exit(2)
}
const only = new Set(list(values.only))
const skip = new Set(list(values.skip))
const required = new Set(list(values.require))
const results: FileResult[] = []
for (const name of readdirSync(folder).sort()) {
  const slug = name.replace(/\.json$/, '')
  if (!name.endsWith('.json') || (only.size > 0 && !only.has(slug))) continue
  const result = await runFile(join(folder, name), skip)
  results.push(result)
  if (values.json) continue
  const missing = Object.values(result.notCovered).reduce((sum, count) => sum + count, 0)
  console.log(`${slug}  ${result.passed} passed, ${result.failed} failed, ${missing} not covered`)
  for (const failure of result.failures)
    console.log(`  ${failure.function}  ${failure.case}: ${failure.difference}`)
  for (const [share, count] of Object.entries(result.shares)) console.log(`  ${share}: ${count}`)
}
const sum = (count: (result: FileResult) => number): number =>
  results.reduce((total, result) => total + count(result), 0)
const uncovered = (result: FileResult): number =>
  Object.values(result.notCovered).reduce((total, count) => total + count, 0)
const failed = sum((result) => result.failed)
const lacking = results.filter((result) => required.has(result.file) && uncovered(result) > 0)
if (values.json) console.log(JSON.stringify(results))
else {
  for (const { file, notCovered } of lacking)
    console.log(`${file} is required and lacks ${Object.keys(notCovered).join(', ')}`)
  console.log(`${sum((result) => result.passed)} passed, ${failed} failed, ${sum(uncovered)} not covered`)
}
process.exitCode = failed > 0 || lacking.length > 0 ? 1 : 0
