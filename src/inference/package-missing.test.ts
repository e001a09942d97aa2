/** Without onnxruntime-node everything else works, and what needs it says how to get it. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { encoderFiles, writeModel } from '../../test/models/tiny-models.ts'

const root = mkdtempSync(join(tmpdir(), 'without-onnxruntime-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

it('encodes without onnxruntime-node, and says what to install where a model is named', () => {
  const sources = join(import.meta.dirname, '..')
  const packages = join(sources, '..', 'node_modules')
  for (const room of ['inference', 'records', 'numerics'])
    cpSync(join(sources, room), join(root, 'src', room), { recursive: true })
  mkdirSync(join(root, 'node_modules', '@huggingface'), { recursive: true })
  for (const name of ['zod', '@huggingface/tokenizers'])
    symlinkSync(join(packages, name), join(root, 'node_modules', name))
  writeFileSync(join(root, 'package.json'), '{"type":"module"}')
  writeModel(join(root, 'model'), encoderFiles())
  writeFileSync(
    join(root, 'try.ts'),
    `import { openEncoder } from './src/inference/encoder.ts'
    const plain = await openEncoder({ use: 'hashed-n-grams' })
    const { length } = await plain.embed(['a text'])
    const failure = await openEncoder({ use: 'onnx', model: 'model' }).then(() => null, (error) => error)
    console.log(JSON.stringify({ length, notice: plain.notice, code: failure?.code, message: failure?.message }))`,
  )
  const said = JSON.parse(
    execFileSync(process.execPath, ['--no-warnings', 'try.ts'], { cwd: root, encoding: 'utf8' }),
  )
  expect(said).toMatchObject({ length: 512, code: 'PACKAGE_MISSING' })
  expect(said.notice).toContain('without a model')
  expect(said.message).toMatch(/need the package onnxruntime-node .*npm install onnxruntime-node/)
})
