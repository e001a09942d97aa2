/** Writes the Brotli and gzip form of every built file of the studio beside it, and says how large a first load is. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

const folder = fileURLToPath(new URL('../dist/studio/', import.meta.url))
const compressible = /\.(html|js|css|svg|json)$/

let total = 0
for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !compressible.test(entry.name)) continue
  const path = `${entry.parentPath}/${entry.name}`
  const content = await readFile(path)
  const brotli = brotliCompressSync(content, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
  })
  await writeFile(`${path}.br`, brotli)
  await writeFile(`${path}.gz`, gzipSync(content, { level: 9 }))
  total += brotli.length
}
console.log(`studio: ${(total / 1000).toFixed(1)} kB compressed, charts included`)
