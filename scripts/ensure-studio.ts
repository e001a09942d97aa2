/** Builds the studio when a clone has none yet, or one that is older than its sources. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const built = join(root, 'dist/studio/index.html')

/** Milliseconds since 1970 at which the newest file of a folder was written. */
function newest(folder: string): number {
  let latest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) latest = Math.max(latest, statSync(join(entry.parentPath, entry.name)).mtimeMs)
  return latest
}

/** Makes sure that `dist/studio` is there and new; says so when it has to build, which takes some seconds. */
export function ensureStudio(): void {
  const sources = Math.max(
    newest(join(root, 'studio')),
    statSync(join(root, 'src/server/studio/schemas.ts')).mtimeMs,
  )
  if (existsSync(built) && statSync(built).mtimeMs >= sources) return
  console.log('Building the studio (once) …')
  const run = (script: string, ...args: string[]): void => {
    execFileSync(process.execPath, [join(root, script), ...args], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }
  run('node_modules/vite/bin/vite.js', 'build', '--config', 'studio/vite.config.ts')
  run('scripts/compress-studio.ts')
}
