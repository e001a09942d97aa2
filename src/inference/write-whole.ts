/** Small files that are there whole or not at all. */

import { randomUUID } from 'node:crypto'
import { renameSync, rmSync, writeFileSync } from 'node:fs'

/** Writes beside the file and renames, so that nobody reads half of it and a failure leaves what was there. */
export function writeWhole(path: string, content: string): void {
  const partial = `${path}.${randomUUID()}.partial`
  try {
    writeFileSync(partial, content)
    renameSync(partial, path)
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
}
