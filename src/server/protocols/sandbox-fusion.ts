/** Sandbox Fusion's `/run_code`, as verl's code rewards call it: runs one program in WebAssembly and says how it ended. */
import { z } from 'zod'
import { GuerdonError } from '../../records/error.ts'
import type { TimedOutcome } from '../../signals/verifiers/code/pool.ts'
import type { SandboxLanguage } from '../../signals/verifiers/code/sandbox-job.ts'
import type { Call, Reply, Route } from '../route.ts'
import { parseBody } from './parse-body.ts'
import type { Sandboxes } from './sandboxes.ts'

const longestRunSeconds = 600

const requestSchema = z.looseObject({
  code: z.string(),
  language: z.string().describe('python, or nodejs (javascript); others answer SandboxError'),
  stdin: z.string().nullish(),
  run_timeout: z
    .number()
    .positive()
    .nullish()
    .describe(`seconds, 10 if left out, at most ${longestRunSeconds}`),
  compile_timeout: z.number().nullish().describe('nothing is compiled apart, so it has no effect'),
  memory_limit_MB: z
    .number()
    .nullish()
    .describe('1024 if left out or not positive; rounded up to 128, 256, 512, 1024 or 2048'),
  files: z.record(z.string(), z.unknown()).nullish(),
  fetch_files: z.array(z.unknown()).nullish(),
})

const runSchema = z.object({
  status: z.enum(['Finished', 'Error', 'TimeLimitExceeded']),
  execution_time: z.number(),
  return_code: z.int().nullable(),
  stdout: z.string(),
  stderr: z.string(),
})
const responseSchema = z.object({
  status: z.enum(['Success', 'Failed', 'SandboxError']),
  message: z.string(),
  compile_result: z.null(),
  run_result: runSchema.nullable(),
  executor_pod_name: z.null(),
  files: z.object({}),
})

const languages: Readonly<Record<string, SandboxLanguage>> = {
  python: 'python',
  nodejs: 'javascript',
  javascript: 'javascript',
}

type Answer = z.output<typeof responseSchema>

function sandboxError(message: string): Answer {
  return {
    status: 'SandboxError',
    message,
    compile_result: null,
    run_result: null,
    executor_pod_name: null,
    files: {},
  }
}

/** A limit that was hit or an attempt to get out ends a run as an error of the program; a breakdown is the sandbox's. */
function answerOf(outcome: TimedOutcome): Answer {
  const { end, reason = '', stdout, stderr, milliseconds } = outcome
  if (end === 'crash') return sandboxError(reason)
  const finished = end === 'finished'
  const timedOut = end === 'time-limit'
  const exit = /^exit code (-?\d+)$/.exec(reason)
  return {
    status: finished ? 'Success' : 'Failed',
    message: reason,
    compile_result: null,
    run_result: {
      status: timedOut ? 'TimeLimitExceeded' : finished ? 'Finished' : 'Error',
      execution_time: milliseconds / 1000,
      return_code: finished ? 0 : timedOut ? null : Number(exit?.[1] ?? 1),
      stdout,
      stderr: stderr === '' && !finished ? reason : stderr,
    },
    executor_pod_name: null,
    files: {},
  }
}

async function runCode(body: unknown, call: Call, sandboxes: Sandboxes): Promise<Reply> {
  const { code, stdin, run_timeout, memory_limit_MB, files, fetch_files, ...request } = parseBody(
    requestSchema,
    body,
  )
  const language = Object.hasOwn(languages, request.language) ? languages[request.language]! : undefined
  if (language === undefined) {
    return { body: sandboxError(`no interpreter for ${request.language}; there are python and nodejs`) }
  }
  if (Object.keys(files ?? {}).length > 0 || (fetch_files ?? []).length > 0)
    return { body: sandboxError('programs have no files here: files and fetch_files must be empty') }
  const memory = memory_limit_MB === undefined || memory_limit_MB === null ? 0 : memory_limit_MB
  const seconds = Math.min(run_timeout ?? 10, longestRunSeconds)
  try {
    const pool = await sandboxes.pool(language, memory > 0 ? memory : 1024)
    const outcome = await pool.run({ source: code, stdin: stdin ?? '' }, seconds * 1000, call.abort)
    return { body: answerOf(outcome) }
  } catch (thrown) {
    // The protocol has a word for a sandbox that cannot run; a client that went away is the server's matter.
    if (
      thrown instanceof GuerdonError &&
      (thrown.code === 'PACKAGE_MISSING' || thrown.code === 'SANDBOX_FAILED')
    )
      return { body: sandboxError(thrown.message) }
    throw thrown
  }
}

export function sandboxFusionRoutes(sandboxes: Sandboxes): readonly Route[] {
  return [
    {
      method: 'post',
      path: '/run_code',
      protocol: 'sandbox-fusion',
      summary: 'Runs a Python or JavaScript program in a sandbox without network and files.',
      request: requestSchema,
      response: responseSchema,
      handle: (body, call) => runCode(body, call, sandboxes),
    },
  ]
}
