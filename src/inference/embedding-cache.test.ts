import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { cached, EmbeddingCache, textKey } from './embedding-cache.ts'
import type { EmbedOptions, Encoder } from './encoder.ts'
import { HashedNGrams } from './hashed-n-grams.ts'

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'embeddings-'))
  folders.push(folder)
  return folder
}

/** The built-in encoder, remembering what it was asked for. */
function watched(): Encoder & { readonly asked: string[] } {
  const inner = new HashedNGrams({ width: 24 })
  const asked: string[] = []
  return {
    name: inner.name,
    width: inner.width,
    digest: inner.digest,
    asked,
    embed(texts: readonly string[], options?: EmbedOptions) {
      asked.push(...texts)
      return inner.embed(texts, options)
    },
    close: () => inner.close(),
  }
}

describe('cached', () => {
  it('gives what the encoder gives, bit for bit, and asks it once for a text', async () => {
    const folder = newFolder()
    const plain = new HashedNGrams({ width: 24 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary', maxLength: 8 }), { maxLength: 8 }),
        async (texts) => {
          const encoder = cached(watched(), folder)
          expect(await encoder.embed(texts)).toEqual(await plain.embed(texts))
          expect(encoder.hits + encoder.misses).toBe(new Set(texts).size)
          const again = watched()
          const second = cached(again, folder)
          expect(await second.embed(texts)).toEqual(await plain.embed(texts))
          expect(again.asked).toEqual([])
          await encoder.close()
          await second.close()
        },
      ),
      { numRuns: 30 },
    )
  })

  it('tells lone surrogates apart', async () => {
    expect(textKey('\ud800')).not.toEqual(textKey('\ud801'))
    expect(textKey('a')).toEqual(textKey('a'))
  })

  it('encodes only what is missing, equal texts once, and counts every text that is done', async () => {
    const inner = watched()
    const encoder = cached(inner, newFolder())
    await encoder.embed(['a', 'b'])
    const seen: number[] = []
    const texts = ['b', 'c', 'c', 'a', 'b', 'c']
    const all = await encoder.embed(texts, { progress: (done) => void seen.push(done) })
    expect(inner.asked).toEqual(['a', 'b', 'c'])
    expect([encoder.hits, encoder.misses]).toEqual([2, 3])
    expect(all).toEqual(await new HashedNGrams({ width: 24 }).embed(texts))
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(seen.at(-1)).toBe(6)
    await encoder.close()
  })

  it('does not mix encoders', async () => {
    const folder = newFolder()
    const [one, other] = [0, 1].map((seed) => cached(new HashedNGrams({ width: 24, seed }), folder))
    const first = await one!.embed(['text'])
    expect(await other!.embed(['text'])).not.toEqual(first)
    expect(other!.misses).toBe(1)
    await one!.close()
    await other!.close()
  })

  it('keeps every number a float can be', () => {
    const cache = new EmbeddingCache(newFolder(), 'x', 4)
    const numbers = Float32Array.of(-0, 1e-45, 3.4028234e38, Math.fround(0.1))
    cache.write([textKey('t')], numbers)
    const back = new Float32Array(4)
    expect(cache.read(textKey('t'), back, 0)).toBe(true)
    expect(new Uint8Array(back.buffer)).toEqual(new Uint8Array(numbers.buffer))
    expect(cache.read(textKey('u'), back, 0)).toBe(false)
    cache.close()
  })

  it('says which file is none of its own', () => {
    const folder = newFolder()
    writeFileSync(
      join(folder, 'embeddings-x.sqlite'),
      'something else, long enough to be looked at '.repeat(50),
    )
    expect(() => new EmbeddingCache(folder, 'x', 4)).toThrow(
      /embeddings-x\.sqlite: the cache of embeddings failed/,
    )
  })

  it('stops when it is told to, and keeps what was done', async () => {
    const folder = newFolder()
    const stop = new AbortController()
    const inner = watched()
    const encoder = cached(
      {
        ...inner,
        embed: async (texts, options) => {
          if (inner.asked.length > 0) stop.abort()
          return inner.embed(texts, options)
        },
      },
      folder,
    )
    const texts = Array.from({ length: 2000 }, (_, index) => `text ${index}`)
    await expect(encoder.embed(texts, { abort: stop.signal })).rejects.toMatchObject({
      code: 'RUN_CANCELLED',
    })
    await encoder.close()
    const again = cached(watched(), folder)
    await again.embed(texts)
    expect(again.hits).toBe(512)
    await again.close()
  })

  it('survives writers that are killed while others write the same file', async () => {
    const folder = newFolder()
    const script = join(folder, 'writer.ts')
    const here = import.meta.dirname
    writeFileSync(
      script,
      `import { cached } from ${JSON.stringify(join(here, 'embedding-cache.ts'))}
      import { HashedNGrams } from ${JSON.stringify(join(here, 'hashed-n-grams.ts'))}
      const encoder = cached(new HashedNGrams({ width: 24 }), ${JSON.stringify(folder)})
      for (let round = 0; ; round++) {
        await encoder.embed(Array.from({ length: 100 }, (_, index) => \`text \${round * 100 + index}\`))
        console.log(round)
      }`,
    )
    const writers = [0, 1].map(() =>
      spawn(process.execPath, ['--no-warnings', script], { stdio: ['ignore', 'pipe', 'inherit'] }),
    )
    const rounds = [0, 0]
    await Promise.all(
      writers.map(async (writer, index) => {
        for await (const chunk of writer.stdout!) {
          rounds[index]! += String(chunk).split('\n').length - 1
          if (rounds[index]! >= 20) break
        }
        writer.kill('SIGKILL')
        if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit')
      }),
    )
    const inner = watched()
    const encoder = cached(inner, folder)
    // What a writer said was done is there, whole.
    const done = Array.from({ length: Math.max(...rounds) * 100 }, (_, index) => `text ${index}`)
    expect(await encoder.embed(done)).toEqual(await new HashedNGrams({ width: 24 }).embed(done))
    expect(encoder.misses).toBe(0)
    await encoder.embed(['one more'])
    expect(encoder.misses).toBe(1)
    await encoder.close()
  })
})
