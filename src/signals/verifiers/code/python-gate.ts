/**
 * The gate between Pyodide and everything else. WebAssembly can touch the world only through the functions it
 * imports, so every imported function is wrapped. While the interpreter starts, calls pass; once the gate is locked,
 * only what a closed calculation needs still works (clocks, reading the standard library, the two output streams),
 * writes are refused, and any call that leads to JavaScript, the network or another process ends the run.
 * What the program holds inside Python (a JavaScript proxy found by the garbage collector, ctypes, a raw function
 * pointer) makes no difference: it ends at the same imports.
 */
import { RunStopped, type SandboxEnd, type SandboxLimits } from './sandbox-job.ts'
import {
  PAGE_BYTES,
  type WasmImports,
  type WasmMemory,
  type WasmModule,
  webAssembly,
} from './web-assembly.ts'

type AnyFunction = (...values: unknown[]) => unknown

/** Emscripten's numbers of POSIX errors. */
const ERROR = { badFile: 8, noTerminal: 59, notPermitted: 63, readOnly: 69 } as const

/** Needed by honest programs and without effect outside the interpreter's memory. */
const PASSES = new Set(
  `fd_seek fd_pread fd_fdstat_get clock_res_get clock_time_get environ_sizes_get environ_get
  __syscall_fstat64 __syscall_stat64 __syscall_lstat64 __syscall_newfstatat __syscall_faccessat __syscall_getcwd
  __syscall_getdents64 __syscall_readlinkat __syscall_statfs64 __syscall_fstatfs64 __syscall_getuid32_js
  __syscall_fadvise64 emscripten_date_now emscripten_get_now emscripten_get_heap_max _emscripten_get_progname
  _tzset_js _timegm_js _mktime_js _localtime_js _gmtime_js _PyEM_TrampolineCall_JS _Py_emscripten_runtime
  __call_sighandler JsvError_Check`.split(/\s+/),
)

/** Answered with a fixed number, without doing anything. */
const ANSWERS: Readonly<Record<string, number>> = {
  _Py_CheckEmscriptenSignals_Helper: 0,
  emscripten_runtime_keepalive_push: 0,
  emscripten_runtime_keepalive_pop: 0,
  _emscripten_runtime_keepalive_clear: 0,
  // Pyodide asks whether it may wait by way of JavaScript: no.
  can_run_sync_js: 0,
  emscripten_log_impl_js: 0,
  _emscripten_log_formatted: 0,
  __syscall_umask_js: 0o22,
  fd_sync: 0,
  fd_pwrite: ERROR.readOnly,
  _munmap_js: -ERROR.notPermitted,
  _msync_js: -ERROR.notPermitted,
  _mmap_js: -ERROR.notPermitted,
  _setitimer_js: -ERROR.notPermitted,
  __syscall_ioctl: -ERROR.noTerminal,
  __syscall_chdir: -ERROR.notPermitted,
  __syscall_fchdir: -ERROR.notPermitted,
  __syscall_dup: -ERROR.notPermitted,
  __syscall_dup3: -ERROR.notPermitted,
  __syscall_pipe: -ERROR.notPermitted,
  __syscall_poll: -ERROR.notPermitted,
  ...Object.fromEntries(
    `chmod fchownat fchmod fchmodat2 fchown32 fdatasync ftruncate64 mkdirat mknodat fallocate unlinkat rmdir
    renameat symlinkat truncate64 utimensat`
      .split(/\s+/)
      .map((name) => [`__syscall_${name}`, -ERROR.readOnly]),
  ),
}

/** What a refused import would have led to, for the reason that a person reads. */
function attempted(name: string): string {
  if (/^__syscall_(socket|connect|bind|listen|accept|recv|send|get(peer|sock))/.test(name))
    return 'the network'
  if (/^(get(addr|name)info|getprotobyname|_emscripten_lookup_name|_maybe_|_try_)/.test(name))
    return 'the network'
  if (name === '_emscripten_system') return 'another program'
  if (/dlopen|dlsym|ffi_/.test(name)) return 'native code'
  return 'JavaScript'
}

/** Opening a file below this path tells the gate that the program called something forbidden (the rest of the path). */
export const TRIPWIRE = '/guerdon-forbidden/'

/** Names under which programs open their standard input. */
const STDIN_NAMES = ['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']

const FLAGS = { accessMode: 3, create: 0o100, truncate: 0o1000 } as const

export class PythonGate {
  readonly #limits: SandboxLimits
  #memory: WasmMemory | undefined
  #locked = false
  #protectedFiles = new Set<number>()
  #stdin: Uint8Array = new Uint8Array(0)
  #stdinRead = 0
  /** files that the program opened under a name of standard input */
  readonly #stdinFiles = new Set<number>()
  /** stdout and stderr; together they share one limit */
  readonly #output: [Uint8Array, Uint8Array]
  #written: [number, number] = [0, 0]
  #random = 1
  #stopped: RunStopped | undefined
  #exitCode: number | undefined
  #memoryRefused = false

  constructor(limits: SandboxLimits) {
    this.#limits = limits
    this.#output = [new Uint8Array(limits.outputBytes), new Uint8Array(limits.outputBytes)]
  }

  /** The imports of a module with every function behind the gate. */
  wrap(module: WasmModule, imports: WasmImports): WasmImports {
    const wrapped: WasmImports = {}
    for (const { module: space, name, kind } of webAssembly.Module.imports(module)) {
      const original = imports[space]![name]!
      wrapped[space] ??= {}
      wrapped[space][name] = kind === 'function' ? this.#gated(name, original as AnyFunction) : original
    }
    return wrapped
  }

  attach(memory: WasmMemory): void {
    this.#memory = memory
    // Emscripten asks for more than a program needs, and for less when refused: the limit stands here, not there.
    const grow = memory.grow.bind(memory)
    memory.grow = (pages) => {
      if (memory.buffer.byteLength + pages * PAGE_BYTES > this.#limits.memoryBytes) {
        throw new RangeError('the memory limit is reached')
      }
      return grow(pages)
    }
  }

  /** From here on the gate is closed for good; open files given here cannot be closed by programs. */
  lock(openFiles: Iterable<number>): void {
    this.#protectedFiles = new Set([0, 1, 2, ...openFiles])
    this.#locked = true
  }

  /** Forgets the last run and sets what the next one reads. */
  begin(stdin: string): void {
    this.#stdin = new TextEncoder().encode(stdin)
    this.#stdinRead = 0
    this.#stdinFiles.clear()
    this.#written = [0, 0]
    this.#random = 0x9e3779b9
    this.#stopped = undefined
    this.#exitCode = undefined
    this.#memoryRefused = false
  }

  /** why the run was ended from here, if it was */
  get stopped(): RunStopped | undefined {
    return this.#stopped
  }

  /** the code given to the operating system's exit, if the program called it */
  get exitCode(): number | undefined {
    return this.#exitCode
  }

  get memoryRefused(): boolean {
    return this.#memoryRefused
  }

  text(stream: 'stdout' | 'stderr'): string {
    const index = stream === 'stdout' ? 0 : 1
    return new TextDecoder().decode(this.#output[index]!.subarray(0, this.#written[index]!))
  }

  #stop(end: SandboxEnd, reason: string): never {
    this.#stopped ??= new RunStopped(end, reason)
    throw this.#stopped
  }

  #gated(name: string, pass: AnyFunction): AnyFunction {
    if (PASSES.has(name)) return pass
    const closed = this.#closedForm(name, pass)
    return (...values) => (this.#locked ? closed(...values) : pass(...values))
  }

  /** What an import does once the gate is locked. */
  #closedForm(name: string, pass: AnyFunction): AnyFunction {
    const answer = Object.hasOwn(ANSWERS, name) ? ANSWERS[name] : undefined
    if (answer !== undefined) return () => answer
    switch (name) {
      case 'fd_write':
        return (file, vectors, count, result) =>
          this.#write(file as number, vectors as number, count as number, result as number)
      case 'fd_read':
        return (file, vectors, count, result) =>
          file === 0 || this.#stdinFiles.has(file as number)
            ? this.#read(vectors as number, count as number, result as number)
            : pass(file, vectors, count, result)
      case 'fd_close':
        return (file) => {
          this.#stdinFiles.delete(file as number)
          return this.#protectedFiles.has(file as number) ? 0 : pass(file)
        }
      case '__syscall_fcntl64':
        // Only reading flags: F_GETFD, F_GETFL.
        return (file, command, rest) =>
          command === 1 || command === 3 ? pass(file, command, rest) : -ERROR.notPermitted
      case '__syscall_openat':
        return (directory, path, flags, rest) => {
          const name = this.#path(path as number)
          if (name.startsWith(TRIPWIRE)) {
            this.#stop('escape', `tried to use ${name.slice(TRIPWIRE.length, TRIPWIRE.length + 60)}`)
          }
          const { accessMode, create, truncate } = FLAGS
          if (((flags as number) & (accessMode | create | truncate)) !== 0) return -ERROR.readOnly
          const file = pass(directory, path, flags, rest) as number
          if (STDIN_NAMES.includes(name) && file >= 0) this.#stdinFiles.add(file)
          return file
        }
      case 'random_get':
        return (start, length) => this.#fillRandom(start as number, length as number)
      case 'emscripten_resize_heap':
        return (bytes) => {
          const grown = pass(bytes)
          if (!grown) this.#memoryRefused = true
          return grown
        }
      case 'exit':
      case 'proc_exit':
        return (code) => {
          this.#exitCode = code as number
          return this.#stop(code === 0 ? 'finished' : 'failed', `exit code ${code}`)
        }
      case '_abort_js':
      case '__assert_fail':
        return () => this.#stop('crash', 'the interpreter aborted')
      default:
        return () => this.#stop('escape', `tried to reach ${attempted(name)} (${name})`)
    }
  }

  #view(): DataView {
    return new DataView(this.#memory!.buffer)
  }

  #path(pointer: number): string {
    const bytes = new Uint8Array(this.#memory!.buffer)
    return new TextDecoder().decode(bytes.subarray(pointer, bytes.indexOf(0, pointer)))
  }

  #write(file: number, vectors: number, count: number, result: number): number {
    if (file !== 1 && file !== 2) return file === 0 ? ERROR.badFile : ERROR.readOnly
    const view = this.#view()
    const bytes = new Uint8Array(this.#memory!.buffer)
    const stream = file - 1
    let total = 0
    for (let index = 0; index < count; index++) {
      const start = view.getUint32(vectors + index * 8, true)
      const length = view.getUint32(vectors + index * 8 + 4, true)
      if (this.#written[0] + this.#written[1] + length > this.#limits.outputBytes) {
        this.#stop('output-limit', `wrote or returned more than ${this.#limits.outputBytes} bytes`)
      }
      this.#output[stream]!.set(bytes.subarray(start, start + length), this.#written[stream]!)
      this.#written[stream]! += length
      total += length
    }
    view.setUint32(result, total, true)
    return 0
  }

  #read(vectors: number, count: number, result: number): number {
    const view = this.#view()
    const bytes = new Uint8Array(this.#memory!.buffer)
    let total = 0
    for (let index = 0; index < count; index++) {
      const start = view.getUint32(vectors + index * 8, true)
      const length = view.getUint32(vectors + index * 8 + 4, true)
      const chunk = this.#stdin.subarray(this.#stdinRead, this.#stdinRead + length)
      bytes.set(chunk, start)
      this.#stdinRead += chunk.length
      total += chunk.length
    }
    view.setUint32(result, total, true)
    return 0
  }

  /** The same "random" bytes in every run, so that a score can be repeated. */
  #fillRandom(start: number, length: number): number {
    const bytes = new Uint8Array(this.#memory!.buffer, start, length)
    let state = this.#random
    for (let index = 0; index < length; index++) {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      bytes[index] = state & 255
    }
    this.#random = state
    return 0
  }
}
