/** Loaded before a measured program (`node --import`): at its end, what it used is written to the file USAGE_FILE. */
import { writeFileSync } from 'node:fs'

process.once('exit', () => {
  writeFileSync(process.env.USAGE_FILE!, JSON.stringify(process.resourceUsage()))
})
