/**
 * The worker that runs JavaScript in QuickJS. A program sees QuickJS's own globals and the functions of the prelude;
 * no import of the module reaches files, the network or Node. Everything a program can change lies in the module's
 * linear memory, so putting back the image taken before the first run gives a new interpreter for every run; whenever
 * a run ended other than by returning, or the memory grew, the worker is replaced instead.
 */
import { parentPort, workerData } from 'node:worker_threads'
import variant from '@jitl/quickjs-ng-wasmfile-release-sync'
import {
  type CustomizeVariantOptions,
  type JSModuleLoadResult,
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSSyncVariant,
} from 'quickjs-emscripten-core'
import { messageOf } from '../../../records/error.ts'
import { MODULE_EXPORTS, PRELUDE } from './javascript-prelude.ts'
import {
  RunStopped,
  type SandboxJob,
  type SandboxOutcome,
  type WorkerReply,
  type WorkerRequest,
  type WorkerSetup,
} from './sandbox-job.ts'
import { PAGE_BYTES, type WasmMemory, webAssembly } from './web-assembly.ts'

/** What the module asks for at least (16 MB). */
const INITIAL_PAGES = 256
/** QuickJS's own stack limit, below what the module's and the thread's stacks bear, so that it speaks first. */
const STACK_BYTES = 4 * 2 ** 20

const port = parentPort!
const { limits, module } = workerData as WorkerSetup

type Ending = Pick<SandboxOutcome, 'end' | 'reason' | 'result'>

const TOOLS = ['begin', 'tick', 'call', 'check', 'failure', 'exitCode'] as const

/** One instance of QuickJS with the prelude loaded, its memory image, and the state of the run under way. */
class Interpreter {
  readonly #context: QuickJSContext
  readonly #memory: WasmMemory
  readonly #image: Uint8Array
  readonly #tools: Readonly<Record<(typeof TOOLS)[number], QuickJSHandle>>
  #job: SandboxJob = { source: '' }
  #written: [string[], string[]] = [[], []]
  #result: string | undefined
  #bytes = 0
  #stopped: RunStopped | undefined
  #memoryRefused = false
  #spent = false

  private constructor(context: QuickJSContext, memory: WasmMemory) {
    this.#context = context
    this.#memory = memory
    const { runtime } = context
    runtime.setMaxStackSize(STACK_BYTES)
    // Only an interrupt ends a program beyond the reach of its own catch blocks.
    runtime.setInterruptHandler(() => this.#stopped !== undefined)
    runtime.setModuleLoader((name) => moduleSource(name))
    const grow = memory.grow.bind(memory)
    memory.grow = (pages) => {
      this.#spent = true
      try {
        return grow(pages)
      } catch (error) {
        this.#memoryRefused = true
        throw error
      }
    }
    const tools = this.#install()
    this.#tools = Object.fromEntries(TOOLS.map((name) => [name, context.getProp(tools, name)])) as Record<
      (typeof TOOLS)[number],
      QuickJSHandle
    >
    const bytes = new Uint8Array(memory.buffer)
    this.#image = bytes.slice(0, bytes.findLastIndex((byte) => byte !== 0) + 1)
  }

  static async open(): Promise<Interpreter> {
    const maximum = Math.max(INITIAL_PAGES, Math.floor(limits.memoryBytes / PAGE_BYTES))
    const memory = new webAssembly.Memory({ initial: INITIAL_PAGES, maximum })
    const options = { wasmModule: module, wasmMemory: memory } as unknown as CustomizeVariantOptions
    const quickjs = await newQuickJSWASMModuleFromVariant(
      newVariant(variant as unknown as QuickJSSyncVariant, options),
    )
    return new Interpreter(quickjs.newContext(), memory)
  }

  /** true when this instance must not run anything more */
  get spent(): boolean {
    return this.#spent
  }

  run(job: SandboxJob): SandboxOutcome {
    const bytes = new Uint8Array(this.#memory.buffer)
    bytes.set(this.#image)
    bytes.fill(0, this.#image.length)
    this.#job = job
    this.#written = [[], []]
    this.#result = undefined
    this.#bytes = 0
    this.#stopped = undefined
    return this.#outcome()
  }

  #outcome(): SandboxOutcome {
    let ending: Ending
    try {
      ending = this.#perform()
    } catch (thrown) {
      // The stack pointer was not wound back.
      this.#spent = true
      if (thrown instanceof RunStopped) ending = { end: thrown.end, reason: thrown.message }
      else if (thrown instanceof RangeError) ending = { end: 'stack-limit', reason: 'recursed too deeply' }
      else ending = { end: 'crash', reason: `the interpreter broke down: ${messageOf(thrown)}` }
    }
    const stopped = this.#stopped
    if (stopped !== undefined) {
      ending = { end: stopped.end, reason: stopped.message }
      if (stopped.end === 'finished' && !this.#isScript) {
        ending = { end: 'failed', reason: 'exited before the test was done' }
      }
    } else if (this.#memoryRefused) {
      ending = {
        end: 'memory-limit',
        reason: `needed more than ${Math.round(limits.memoryBytes / 2 ** 20)} MB of memory`,
      }
    }
    return { ...ending, stdout: this.#written[0].join(''), stderr: this.#written[1].join('') }
  }

  get #isScript(): boolean {
    return this.#job.call === undefined && this.#job.assertion === undefined
  }

  #stop(stopped: RunStopped): void {
    this.#stopped ??= stopped
  }

  /** Takes what the program writes or (stream 3) returns, undefined for too much; true when it must stop. */
  #write(stream: number, text: string | undefined): boolean {
    this.#bytes += text === undefined ? Number.POSITIVE_INFINITY : Buffer.byteLength(text)
    if (text === undefined || this.#bytes > limits.outputBytes) {
      this.#stop(new RunStopped('output-limit', `wrote or returned more than ${limits.outputBytes} bytes`))
      return true
    }
    if (stream === 3) this.#result = text
    else this.#written[stream - 1]?.push(text)
    return this.#stopped !== undefined
  }

  #install(): QuickJSHandle {
    const context = this.#context
    const prelude = context.unwrapResult(context.evalCode(PRELUDE, 'prelude.js'))
    const write = context.newFunction('write', (stream, text) => {
      const written = context.typeof(text) === 'string' ? context.getString(text) : undefined
      return this.#write(context.getNumber(stream), written) ? context.true : context.false
    })
    const stop = context.newFunction('stop', (code) => {
      const number = context.getNumber(code)
      this.#stop(new RunStopped(number === 0 ? 'finished' : 'failed', `exit code ${number}`))
    })
    const limit = context.newNumber(limits.outputBytes)
    return context.unwrapResult(context.callFunction(prelude, context.undefined, write, stop, limit))
  }

  /** The ending that a thrown value means, unless the run was stopped from here. */
  #threw(error: QuickJSHandle, end: 'failed' | 'compile-error' = 'failed'): Ending {
    const value: unknown = this.#stopped === undefined ? this.#context.dump(error) : undefined
    if (value !== null && typeof value === 'object' && 'message' in value) {
      const { name = 'Error', message } = value as { name?: unknown; message: unknown }
      const reason = `${name}: ${message}`.slice(0, 2000)
      if (name === 'InternalError' && message === 'out of memory') return { end: 'memory-limit', reason }
      return { end: name === 'SyntaxError' ? end : 'failed', reason }
    }
    return { end, reason: String(value).slice(0, 2000) }
  }

  /** Runs promise callbacks and timers until none is left. */
  #settle(): Ending | undefined {
    const context = this.#context
    for (;;) {
      const jobs = context.runtime.executePendingJobs()
      if (jobs.error !== undefined) return this.#threw(jobs.error)
      const ticked = context.callFunction(this.#tools.tick, context.undefined)
      if (ticked.error !== undefined) return this.#threw(ticked.error)
      if (context.dump(ticked.value) === false && !context.runtime.hasPendingJob()) return undefined
    }
  }

  #perform(): Ending {
    const context = this.#context
    const { source, call, assertion } = this.#job
    const { begin, check, exitCode } = this.#tools
    const input = context.newString(this.#job.stdin ?? '')
    context.unwrapResult(context.callFunction(begin, context.undefined, input))
    const type = /^\s*(?:import\s*[\w{*'"]|export\s)/m.test(source) ? 'module' : 'global'
    const compiled = context.evalCode(source, 'solution.js', { type, compileOnly: true })
    if (compiled.error !== undefined) return this.#threw(compiled.error, 'compile-error')
    const evaluated = context.evalCode(source, 'solution.js', { type })
    if (evaluated.error !== undefined) return this.#threw(evaluated.error)
    const settled = this.#settle()
    if (settled !== undefined) return settled
    if (type === 'module') {
      const state = context.getPromiseState(evaluated.value)
      if (state.type === 'rejected') return this.#threw(state.error)
    }
    if (call !== undefined) return this.#call(call)
    if (assertion !== undefined) {
      const test = context.evalCode(`(assert) => {\n${assertion}\n}`, 'test.js')
      if (test.error !== undefined) {
        return { end: 'broken-test', reason: `the test does not compile: ${this.#threw(test.error).reason}` }
      }
      const checked = context.callFunction(check, context.undefined, test.value)
      if (checked.error !== undefined) return this.#threw(checked.error)
      return this.#settle() ?? { end: 'finished' }
    }
    const code = Number(context.dump(context.unwrapResult(context.callFunction(exitCode, context.undefined))))
    return code === 0 ? { end: 'finished' } : { end: 'failed', reason: `exit code ${code}` }
  }

  #call({ name, arguments: values }: NonNullable<SandboxJob['call']>): Ending {
    const context = this.#context
    const found = context.evalCode(
      `typeof ${name} === 'function' ? ${name} : ((solution) => solution.${name}.bind(solution))(new Solution())`,
    )
    if (found.error !== undefined) return this.#threw(found.error)
    const called = context.callFunction(
      this.#tools.call,
      context.undefined,
      found.value,
      context.newString(values),
    )
    if (called.error !== undefined) return this.#threw(called.error)
    const settled = this.#settle()
    if (settled !== undefined) return settled
    if (this.#result !== undefined) return { end: 'finished', result: this.#result }
    const failure = context.callFunction(this.#tools.failure, context.undefined)
    return { end: 'failed', reason: context.getString(context.unwrapResult(failure)).slice(0, 2000) }
  }
}

/** The source of a module that a program imports: the parts of Node that the prelude has, under their names. */
function moduleSource(name: string): JSModuleLoadResult {
  const key = name.replace(/^node:/, '')
  const names = Object.hasOwn(MODULE_EXPORTS, key) ? MODULE_EXPORTS[key]! : undefined
  if (names === undefined) return { error: new Error(`Cannot find module '${name}'`) }
  const exports = names.map((part) => `export const ${part} = all.${part}`).join('\n')
  return { value: `const all = require('${key}')\nexport default all\n${exports}` }
}

const interpreter = await Interpreter.open()

port.on('message', ({ id, job }: WorkerRequest) => {
  let outcome: SandboxOutcome
  try {
    outcome = interpreter.run(job)
  } catch (error) {
    outcome = { end: 'crash', reason: messageOf(error), stdout: '', stderr: '' }
  }
  // Replacing the worker frees a grown memory for certain and keeps the start of a new one out of the next run's limit.
  const spent = interpreter.spent || outcome.end === 'crash'
  port.postMessage({ kind: 'outcome', id, outcome, spent } satisfies WorkerReply)
})
port.postMessage({ kind: 'ready' } satisfies WorkerReply)
