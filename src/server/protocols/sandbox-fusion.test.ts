import { afterAll, describe, expect, it } from 'vitest'
import { ask, DirectService } from '../../../test/server/direct-service.ts'
import { pythonIsThere } from '../../../test/server/python-is-there.ts'
import { sandboxFusionRoutes } from './sandbox-fusion.ts'
import { Sandboxes } from './sandboxes.ts'

const sandboxes = new Sandboxes(1)
const routes = sandboxFusionRoutes(sandboxes)
const service = await DirectService.open({ name: 'any', signals: { words: { use: 'length' } } })
afterAll(async () => {
  await sandboxes.close()
  await service.close()
})

// biome-ignore lint/suspicious/noExplicitAny: the answer is JSON
const run = async (body: unknown): Promise<any> => (await ask(routes, service, '/run_code', body)).body

describe('/run_code', () => {
  it('runs JavaScript with its input', async () => {
    const code = "console.log(require('fs').readFileSync(0, 'utf8') * 2)"
    expect(
      await run({ code, stdin: '21', language: 'nodejs', compile_timeout: 10, run_timeout: 10 }),
    ).toMatchObject({
      status: 'Success',
      compile_result: null,
      run_result: { status: 'Finished', return_code: 0, stdout: '42\n' },
    })
  })

  it('says how a program failed, and that it ran too long', async () => {
    const failed = await run({ code: 'throw new Error("no")', language: 'javascript' })
    expect(failed).toMatchObject({ status: 'Failed', run_result: { status: 'Error', return_code: 1 } })
    expect(failed.run_result.stderr).toContain('no')
    expect(await run({ code: 'for (;;) {}', language: 'nodejs', run_timeout: 0.3 })).toMatchObject({
      status: 'Failed',
      run_result: { status: 'TimeLimitExceeded', return_code: null },
    })
  })

  it('answers SandboxError for what it cannot run', async () => {
    expect(await run({ code: 'x', language: 'cobol' })).toMatchObject({
      status: 'SandboxError',
      run_result: null,
    })
    expect(await run({ code: 'x', language: 'toString' })).toMatchObject({ status: 'SandboxError' })
    expect(await run({ code: '1', language: 'nodejs', files: { a: 'b' } })).toMatchObject({
      status: 'SandboxError',
    })
  })

  it.skipIf(!pythonIsThere)('runs Python', async () => {
    expect(
      await run({ code: 'print(int(input()) * 2)', stdin: '21', language: 'python', memory_limit_MB: 256 }),
    ).toMatchObject({
      status: 'Success',
      run_result: { stdout: '42\n' },
    })
    expect(
      await run({ code: 'raise SystemExit(3)', language: 'python', memory_limit_MB: 256 }),
    ).toMatchObject({
      status: 'Failed',
      run_result: { status: 'Error', return_code: 3 },
    })
  })
})
