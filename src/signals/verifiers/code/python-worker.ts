/**
 * The worker that runs Python: one Pyodide whose imports stand behind a gate. Its whole changeable state is its
 * linear memory, the stack pointer and its open files (tables and JavaScript objects change only through imports
 * that the gate keeps shut), so putting back the memory image taken after the start gives a new interpreter for
 * every run in a few milliseconds.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { messageOf } from '../../../records/error.ts'
import { BOOTSTRAP } from './python-bootstrap.ts'
import { PythonGate } from './python-gate.ts'
import {
  RunStopped,
  type SandboxJob,
  type SandboxOutcome,
  type WorkerReply,
  type WorkerRequest,
  type WorkerSetup,
} from './sandbox-job.ts'
import { type WasmGlobal, type WasmImports, type WasmMemory, webAssembly } from './web-assembly.ts'

/** Py_file_input: a whole program rather than an expression. */
const FILE_INPUT = 257
/** How much a memory may have grown before its worker is replaced. */
const SPARE_BYTES = 48 * 2 ** 20

/** The functions of Python's C interface that the worker calls; pointers are numbers, 0 means a raised exception. */
interface PythonExports {
  readonly memory: WasmMemory
  malloc(bytes: number): number
  emscripten_stack_get_current(): number
  _emscripten_stack_restore(pointer: number): void
  PyImport_AddModule(name: number): number
  PyModule_GetDict(module: number): number
  PyDict_New(): number
  PyDict_SetItemString(dict: number, key: number, value: number): number
  PyDict_GetItemString(dict: number, key: number): number
  PyUnicode_FromStringAndSize(bytes: number, size: number): number
  PyUnicode_AsUTF8AndSize(text: number, size: number): number
  PyLong_AsLong(number: number): number
  Py_CompileString(source: number, name: number, start: number): number
  PyEval_EvalCode(code: number, globals: number, locals: number): number
  PyRun_StringFlags(source: number, start: number, globals: number, locals: number, flags: number): number
  PyErr_GetRaisedException(): number
  PyErr_GivenExceptionMatches(error: number, kind: number): number
  PyErr_Clear(): void
  readonly PyExc_SystemExit: WasmGlobal
  readonly PyExc_MemoryError: WasmGlobal
  readonly PyExc_SyntaxError: WasmGlobal
}

interface FileSystem {
  readonly streams: readonly ({ readonly fd: number } | null | undefined)[]
  close(stream: unknown): void
}

const port = parentPort!
const { limits, module, directory, seed } = workerData as WorkerSetup
const gate = new PythonGate(limits)
const { python, files, snapshot } = await start()
const driver = python.PyDict_New()
const mainModule = python.PyModule_GetDict(python.PyImport_AddModule(text('__main__')))
if (python.PyRun_StringFlags(text(BOOTSTRAP), FILE_INPUT, driver, driver, 0) === 0) {
  const reason = `the interpreter could not be prepared: ${describe(python.PyErr_GetRaisedException())}`
  port.postMessage({ kind: 'unusable', reason } satisfies WorkerReply)
  process.exit(1)
}
const baselineFiles = new Set(files.streams.filter((stream) => stream).map((stream) => stream!.fd))
gate.lock(baselineFiles)
const stackPointer = python.emscripten_stack_get_current()
const image = new Uint8Array(python.memory.buffer).slice()

port.on('message', ({ id, job }: WorkerRequest) => {
  const outcome = run(job)
  // A memory cannot shrink: putting back a large one for every run costs more than a new worker.
  const spent = outcome.end === 'crash' || python.memory.buffer.byteLength > image.length + SPARE_BYTES
  port.postMessage({ kind: 'outcome', id, outcome, spent } satisfies WorkerReply)
})
port.postMessage({
  kind: 'ready',
  ...(snapshot === undefined ? {} : { seed: snapshot }),
} satisfies WorkerReply)

/**
 * Starts Pyodide from the shared module with the gate around its imports. Without a seed the interpreter starts from
 * nothing and a snapshot is taken for later workers; with one it starts from there in a tenth of the time.
 */
async function start(): Promise<{ python: PythonExports; files: FileSystem; snapshot?: SharedArrayBuffer }> {
  const plainInstantiate = webAssembly.instantiate
  let exports: PythonExports | undefined
  const gatedInstantiate = async (source: unknown, imports?: WasmImports) => {
    if (imports?.wasi_snapshot_preview1 === undefined) return plainInstantiate(source, imports)
    const instance = await plainInstantiate(module, gate.wrap(module, imports))
    exports = instance.exports as unknown as PythonExports
    gate.attach(exports.memory)
    return { instance, module }
  }
  Object.assign(webAssembly, { instantiate: gatedInstantiate })
  const { loadPyodide } = (await import('pyodide')) as typeof import('pyodide')
  const pyodide = await loadPyodide({
    indexURL: directory,
    jsglobals: {},
    // A fixed hash seed makes the order of sets, and so a program's output, the same in every run.
    env: { HOME: '/home', PYTHONHASHSEED: '0' },
    stdin: () => null,
    stdout: () => undefined,
    stderr: () => undefined,
    ...(seed === undefined ? { _makeSnapshot: true } : { _loadSnapshot: new Uint8Array(seed).slice() }),
  })
  Object.assign(webAssembly, { instantiate: plainInstantiate })
  // Pyodide leaves Node's file system and child processes here for its own start.
  const shared = globalThis as Record<string, unknown>
  for (const name of ['require', 'fetch', 'WebSocket', 'EventSource', 'Worker']) delete shared[name]
  if (exports === undefined) throw new Error('Pyodide did not start through the gate')
  const { _module, makeMemorySnapshot } = pyodide as unknown as {
    _module: { FS: FileSystem }
    makeMemorySnapshot(): Uint8Array
  }
  if (seed !== undefined) return { python: exports, files: _module.FS }
  const bytes = makeMemorySnapshot()
  const snapshot = new SharedArrayBuffer(bytes.length)
  new Uint8Array(snapshot).set(bytes)
  return { python: exports, files: _module.FS, snapshot }
}

/** Copies a string into the interpreter's memory, with a final 0. It lives until the next memory image. */
function text(value: string): number {
  const bytes = new TextEncoder().encode(value)
  const pointer = python.malloc(bytes.length + 1)
  if (pointer === 0) throw new RunStopped('memory-limit', `does not fit into ${limits.memoryBytes} bytes`)
  const memory = new Uint8Array(python.memory.buffer)
  memory.set(bytes, pointer)
  memory[pointer + bytes.length] = 0
  return pointer
}

function setString(name: string, value: string): void {
  const pointer = text(value)
  const size = new TextEncoder().encode(value).length
  python.PyDict_SetItemString(driver, text(name), python.PyUnicode_FromStringAndSize(pointer, size))
}

/** A string of the driver as text; undefined if there is none. @throws RunStopped when it is longer than the limit */
function getString(name: string): string | undefined {
  const object = python.PyDict_GetItemString(driver, text(name))
  if (object === 0) return undefined
  const sizePointer = python.malloc(4)
  const pointer = python.PyUnicode_AsUTF8AndSize(object, sizePointer)
  if (pointer === 0) {
    python.PyErr_Clear()
    return undefined
  }
  const size = new DataView(python.memory.buffer).getUint32(sizePointer, true)
  if (size > limits.outputBytes) {
    throw new RunStopped('output-limit', `wrote or returned more than ${limits.outputBytes} bytes`)
  }
  return new TextDecoder().decode(new Uint8Array(python.memory.buffer, pointer, size))
}

/** Runs one of the driver's functions as a statement; true if it did not raise. */
function drive(statement: string): boolean {
  return python.PyRun_StringFlags(text(statement), FILE_INPUT, driver, driver, 0) !== 0
}

function describe(error: number): string {
  python.PyDict_SetItemString(driver, text('error'), error)
  if (drive('reason = describe(error)')) return getString('reason') ?? 'an exception'
  python.PyErr_Clear()
  return 'an exception that cannot be shown'
}

function isA(error: number, kind: WasmGlobal): boolean {
  const type = new DataView(python.memory.buffer).getUint32(kind.value as number, true)
  return python.PyErr_GivenExceptionMatches(error, type) !== 0
}

/** Puts the interpreter back to the moment after its start. */
function restore(): void {
  for (const stream of files.streams) {
    if (stream && !baselineFiles.has(stream.fd)) files.close(stream)
  }
  const memory = new Uint8Array(python.memory.buffer)
  memory.set(image)
  memory.fill(0, image.length)
  python._emscripten_stack_restore(stackPointer)
}

type Ending = Pick<SandboxOutcome, 'end' | 'reason' | 'result'>

function raised(during: 'compile' | 'program' | 'test'): Ending {
  const error = python.PyErr_GetRaisedException()
  if (isA(error, python.PyExc_SystemExit)) {
    if (during === 'test') return { end: 'failed', reason: 'exited instead of returning' }
    python.PyDict_SetItemString(driver, text('error'), error)
    const code = drive('code = exit_code(error)')
      ? python.PyLong_AsLong(python.PyDict_GetItemString(driver, text('code')))
      : 1
    python.PyErr_Clear()
    drive('finish()')
    return code === 0 ? { end: 'finished' } : { end: 'failed', reason: `exit code ${code}` }
  }
  if (isA(error, python.PyExc_MemoryError)) return { end: 'memory-limit', reason: memoryReason() }
  const reason = describe(error)
  return { end: during === 'compile' ? 'compile-error' : 'failed', reason }
}

function memoryReason(): string {
  return `needed more than ${Math.round(limits.memoryBytes / 2 ** 20)} MB of memory`
}

function perform(job: SandboxJob): Ending {
  const isScript = job.call === undefined && job.assertion === undefined
  if (!isScript) {
    // A program under test is imported rather than started, so that its `__main__` part stays out of the way.
    setString('module_name', 'solution')
    python.PyDict_SetItemString(
      mainModule,
      text('__name__'),
      python.PyDict_GetItemString(driver, text('module_name')),
    )
  }
  if (job.assertion !== undefined) {
    setString('assertion', job.assertion)
    if (!drive('test = prepare(assertion)')) {
      return { end: 'broken-test', reason: `the test does not compile: ${raised('compile').reason}` }
    }
  }
  const code = python.Py_CompileString(text(job.source), text('solution.py'), FILE_INPUT)
  if (code === 0) return raised('compile')
  if (python.PyEval_EvalCode(code, mainModule, mainModule) === 0) {
    const ending = raised('program')
    return isScript || ending.end !== 'finished'
      ? ending
      : { end: 'failed', reason: 'exited before the test could run' }
  }
  let result: string | undefined
  if (job.call !== undefined) {
    python.PyDict_SetItemString(driver, text('namespace'), mainModule)
    setString('name', job.call.name)
    setString('arguments', job.call.arguments)
    if (!drive('result = call(namespace, name, arguments)')) return raised('test')
    result = getString('result')
    if (result === undefined) return { end: 'failed', reason: 'returned nothing that can be compared' }
  } else if (job.assertion !== undefined) {
    python.PyDict_SetItemString(driver, text('namespace'), mainModule)
    if (!drive('check(test, namespace)')) return raised('test')
  }
  drive('finish()')
  return { end: 'finished', ...(result === undefined ? {} : { result }) }
}

function run(job: SandboxJob): SandboxOutcome {
  restore()
  gate.begin(job.stdin ?? '')
  let ending: Ending
  try {
    ending = perform(job)
  } catch (thrown) {
    if (thrown instanceof RunStopped) ending = { end: thrown.end, reason: thrown.message }
    else if (thrown instanceof RangeError) ending = { end: 'stack-limit', reason: 'recursed too deeply' }
    else ending = { end: 'crash', reason: `the interpreter broke down: ${messageOf(thrown)}` }
  }
  // The gate's word counts, whatever the program made of the refusal.
  if (gate.stopped !== undefined) ending = { end: gate.stopped.end, reason: gate.stopped.message }
  else if (gate.memoryRefused) ending = { end: 'memory-limit', reason: memoryReason() }
  if (gate.exitCode === 0 && (job.call !== undefined || job.assertion !== undefined)) {
    ending = { end: 'failed', reason: 'exited before the test could run' }
  }
  return { ...ending, stdout: gate.text('stdout'), stderr: gate.text('stderr') }
}
