#!/usr/bin/env node
// Written for any Node, so that an old one gets a sentence instead of a syntax error.
import { existsSync } from 'node:fs'

const major = Number(process.versions.node.split('.')[0])
if (major < 24) {
  console.error(
    `guerdon needs Node 24 or newer, and this is ${process.versions.node}. In a clone of the project, run it through npm: npm run guerdon -- …`,
  )
  process.exit(2)
}
// A clone runs its sources; the published package holds dist only.
const source = new URL('../src/cli/main.ts', import.meta.url)
const entry = existsSync(source) ? source : new URL('../dist/cli/main.js', import.meta.url)
const { main } = await import(entry.href)
process.exitCode = await main(process.argv.slice(2))
