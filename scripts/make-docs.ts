/**
 * Writes docs/methods.md, docs/objectives.md and the tables in other pages from what the code describes.
 * `node scripts/make-docs.ts` writes them; `--check` fails when a file on disk is not what would be written.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { filled, sections } from './docs-sections.ts'
import { methodsPage } from './methods-page.ts'
import { objectivesPage } from './objectives-page.ts'

const folder = join(import.meta.dirname, '../docs')
const pages: Readonly<Record<string, (text: string) => string>> = {
  'methods.md': methodsPage,
  'objectives.md': objectivesPage,
  ...Object.fromEntries(
    Object.keys(sections).map((page) => [page, (text: string) => filled(page, text)] as const),
  ),
}

const old: string[] = []
for (const [page, write] of Object.entries(pages)) {
  const target = join(folder, page)
  const before = readFileSync(target, 'utf8')
  const after = write(before)
  if (before === after) continue
  old.push(`docs/${page}`)
  if (!process.argv.includes('--check')) writeFileSync(target, after)
}
if (!process.argv.includes('--check')) {
  console.log(old.length === 0 ? 'the pages in docs are up to date' : `written: ${old.join(', ')}`)
} else if (old.length > 0) {
  console.error(`${old.join(', ')} not up to date; run npm run generate`)
  process.exit(1)
}
