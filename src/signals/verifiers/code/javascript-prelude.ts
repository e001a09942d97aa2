/**
 * JavaScript that runs in every new QuickJS context before the program: the parts of Node that programs of tests use
 * (console, process, reading standard input, timers), written over three functions of the worker. It evaluates to a
 * function of these that returns what the worker calls afterwards. Everything here lives inside the sandbox.
 */
export const PRELUDE = `((write, stop, limit) => {
  let input = ''
  const { parse, stringify } = JSON
  const { min } = Math
  const isArray = Array.isArray
  const spin = () => { for (;;) {} }
  // A text beyond the limit is not even handed over.
  const emit = (stream, text) => { if (write(stream, text.length > limit ? undefined : text)) spin() }

  const quoted = (text) => {
    const quote = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !text.includes('\`') ? '\`' : "'"
    let out = text.replace(/\\\\/g, '\\\\\\\\').replace(/\\n/g, '\\\\n').replace(/\\t/g, '\\\\t').replace(/\\r/g, '\\\\r')
    if (quote === "'") out = out.replace(/'/g, "\\\\'")
    return quote + out + quote
  }
  // Node's form on one line, broken only when it is longer than 72 characters; long lists of numbers are not tabulated.
  const inspect = (value, depth = 0, seen = []) => {
    if (typeof value === 'string') return quoted(value)
    if (typeof value === 'bigint') return value + 'n'
    if (typeof value === 'symbol') return String(value)
    if (Object.is(value, -0)) return '-0'
    if (typeof value === 'function') {
      return (/^class\\b/.test(Function.prototype.toString.call(value)) ? '[class ' : '[Function: ') + (value.name || '(anonymous)') + ']'
    }
    if (value === null || typeof value !== 'object') return String(value)
    if (seen.includes(value)) return '[Circular *1]'
    if (value instanceof Error) return value.name + ': ' + value.message
    if (value instanceof RegExp || value instanceof Date) return value instanceof Date ? value.toISOString() : String(value)
    if (value instanceof Promise) return 'Promise {}'
    const within = [...seen, value]
    const show = (part) => inspect(part, depth + 1, within)
    const name = value.constructor?.name
    const list = isArray(value) || ArrayBuffer.isView(value)
    const prefix =
      value instanceof Map || value instanceof Set ? name + '(' + value.size + ') '
      : isArray(value) ? (name === 'Array' ? '' : name + '(' + value.length + ') ')
      : list ? name + '(' + value.length + ') '
      : name === undefined ? '[Object: null prototype] ' : name === 'Object' ? '' : name + ' '
    if (depth > 2) return list ? '[Array]' : '[' + (name ?? 'Object') + ']'
    const parts =
      value instanceof Map ? [...value].map(([key, entry]) => show(key) + ' => ' + show(entry))
      : value instanceof Set ? [...value].map(show)
      : list ? Array.from(value).slice(0, 100).map(show)
      : Object.keys(value).map((key) => (/^[A-Za-z_$][\\w$]*$/.test(key) ? key : quoted(key)) + ': ' + show(value[key]))
    if (list && value.length > 100) parts.push('... ' + (value.length - 100) + ' more items')
    const [open, close] = list ? ['[', ']'] : ['{', '}']
    if (parts.length === 0) return prefix + open + close
    const line = prefix + open + ' ' + parts.join(', ') + ' ' + close
    const indent = '  '.repeat(depth + 1)
    return line.length <= 76 && !line.includes('\\n')
      ? line
      : prefix + open + '\\n' + parts.map((part) => indent + part).join(',\\n') + '\\n' + '  '.repeat(depth) + close
  }
  const plain = (value) => (typeof value === 'string' ? value : inspect(value))
  const format = (first, ...rest) => {
    if (typeof first !== 'string' || rest.length === 0) return [first, ...rest].map(plain).join(' ')
    let next = 0
    const text = first.replace(/%[sdifjoOc%]/g, (mark) => {
      if (mark === '%%') return '%'
      if (next >= rest.length) return mark
      const value = rest[next++]
      if (mark === '%s') return plain(value)
      if (mark === '%d') return String(Number(value))
      if (mark === '%i') return String(parseInt(value, 10))
      if (mark === '%f') return String(parseFloat(value))
      if (mark === '%j') return stringify(value)
      return mark === '%c' ? '' : inspect(value)
    })
    return [text, ...rest.slice(next).map(plain)].join(' ')
  }
  const log = (...values) => emit(1, format(...values) + '\\n')
  const complain = (...values) => emit(2, format(...values) + '\\n')

  const timers = []
  let clock = 0
  let ticket = 0
  const later = (callback, delay, values, every) => {
    const id = ++ticket
    timers.push({ id, at: clock + Math.max(1, +delay || 1), callback, values, every })
    return id
  }
  const cancel = (id) => {
    const index = timers.findIndex((timer) => timer.id === id)
    if (index !== -1) timers.splice(index, 1)
  }

  const listeners = () => {
    const by = new Map()
    return {
      on: (event, listener) => void by.set(event, [...(by.get(event) ?? []), listener]),
      emit: (event, ...values) => { for (const listener of by.get(event) ?? []) listener(...values) },
    }
  }
  const stdin = { fd: 0, isTTY: false }
  const stdinEvents = listeners()
  let started = false
  stdin.on = (event, listener) => {
    stdinEvents.on(event, listener)
    if (!started) {
      started = true
      later(() => { if (input !== '') stdinEvents.emit('data', input); stdinEvents.emit('end'); stdinEvents.emit('close') }, 1, [])
    }
    return stdin
  }
  stdin.once = stdin.addListener = stdin.on
  stdin.setEncoding = stdin.resume = stdin.pause = () => stdin
  stdin[Symbol.asyncIterator] = async function* () { if (input !== '') yield input }
  const linesOf = () => {
    const lines = input.split(/\\r?\\n/)
    if (lines[lines.length - 1] === '') lines.pop()
    return lines
  }
  const output = (stream) => ({ fd: stream, isTTY: false, write: (text) => { emit(stream, String(text)); return true } })
  const process = {
    argv: ['node', 'solution.js'], env: {}, platform: 'linux', version: 'v24.0.0', versions: {},
    stdin, stdout: output(1), stderr: output(2),
    exit: (code) => { stop(code === undefined ? (process.exitCode ?? 0) : +code); spin() },
    nextTick: (callback, ...values) => queueMicrotask(() => callback(...values)),
    hrtime: Object.assign(() => [0, clock * 1e6], { bigint: () => BigInt(clock) * 1000000n }),
    memoryUsage: () => ({ heapUsed: 0 }), uptime: () => clock / 1000, cwd: () => '/', on: () => process,
  }
  const missing = (path) => Object.assign(new Error("ENOENT: no such file or directory, open '" + path + "'"), { code: 'ENOENT' })
  const readFileSync = (path, options) => {
    if (path !== 0 && path !== '/dev/stdin' && path !== stdin.fd) throw missing(path)
    const text = { toString: () => input, trim: () => input.trim(), split: (by) => input.split(by), length: input.length }
    return options === undefined ? text : input
  }
  const createInterface = () => {
    const events = listeners()
    let waiting = []
    const queue = linesOf()
    let open = true
    const face = {
      on: (event, listener) => { events.on(event, listener); return face },
      close: () => { if (open) { open = false; events.emit('close') } },
      question: (text, answer) => { emit(1, text); later(() => answer(queue.shift() ?? ''), 1, []) },
      setPrompt() {}, prompt() {}, pause: () => face, resume: () => face, removeListener: () => face,
      [Symbol.asyncIterator]: async function* () { while (queue.length > 0) yield queue.shift() },
    }
    face.once = face.addListener = face.on
    later(function next() {
      for (let line; open && (line = queue.shift()) !== undefined; ) events.emit('line', line)
      face.close()
    }, 1, [])
    return face
  }
  // Assertions use only functions taken from the built-in objects before the program could change them.
  const { is, keys, hasOwn } = Object
  const Failure = Error
  const same = (a, b) => {
    if (is(a, b)) return true
    if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false
    if (isArray(a) !== isArray(b)) return false
    const names = keys(a)
    if (names.length !== keys(b).length) return false
    for (let index = 0; index < names.length; index++) {
      if (!hasOwn(b, names[index]) || !same(a[names[index]], b[names[index]])) return false
    }
    return true
  }
  const demand = (holds, message) => {
    if (!holds) throw typeof message === 'object' ? message : new Failure(message ?? 'assertion failed')
  }
  const difference = (a, b) => 'found ' + inspect(a) + ', expected ' + inspect(b)
  const assert = (holds, message) => demand(holds, message)
  assert.ok = assert
  assert.equal = (a, b, message) => demand(a == b, message ?? difference(a, b))
  assert.notEqual = (a, b, message) => demand(a != b, message ?? 'both are ' + inspect(a))
  assert.strictEqual = (a, b, message) => demand(is(a, b), message ?? difference(a, b))
  assert.notStrictEqual = (a, b, message) => demand(!is(a, b), message ?? 'both are ' + inspect(a))
  assert.deepEqual = assert.deepStrictEqual = (a, b, message) => demand(same(a, b), message ?? difference(a, b))
  assert.throws = (callback) => {
    let threw = false
    try { callback() } catch { threw = true }
    demand(threw, 'nothing was thrown')
  }
  const modules = {
    fs: { readFileSync, existsSync: (path) => path === '/dev/stdin' },
    readline: { createInterface }, assert, util: { inspect, format }, os: { EOL: '\\n' }, process,
    perf_hooks: { performance: { now: () => clock } },
  }
  for (const module of Object.values(modules)) Object.freeze(module)
  const require = (name) => {
    const key = String(name).replace(/^node:/, '')
    if (!Object.hasOwn(modules, key)) throw Object.assign(new Error("Cannot find module '" + name + "'"), { code: 'MODULE_NOT_FOUND' })
    return modules[key]
  }
  const define = (name, value) =>
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false })
  define('console', { log, info: log, debug: log, error: complain, warn: complain, table: log, time() {}, timeEnd() {} })
  define('process', process)
  define('require', require)
  define('module', { exports: {} })
  define('exports', module.exports)
  define('setTimeout', (callback, delay, ...values) => later(callback, delay, values))
  define('setInterval', (callback, delay, ...values) => later(callback, delay, values, Math.max(1, +delay || 1)))
  define('setImmediate', (callback, ...values) => later(callback, 1, values))
  define('clearTimeout', cancel)
  define('clearInterval', cancel)
  define('clearImmediate', cancel)

  let failure = 'its promise was never settled'
  return {
    // Runs the next timer; false when none is left. Time does not pass while waiting.
    tick: () => {
      if (timers.length === 0) return false
      let first = timers[0]
      for (const timer of timers) if (timer.at < first.at) first = timer
      timers.splice(timers.indexOf(first), 1)
      clock = Math.max(clock, first.at)
      if (first.every !== undefined) timers.push({ ...first, at: clock + first.every })
      first.callback(...first.values)
      return true
    },
    call: (target, text) => {
      const result = target(...parse(text))
      const finish = (value) => {
        const text = stringify(value === undefined ? null : value)
        if (text === undefined) throw new TypeError('returned nothing that can be compared')
        emit(3, text)
      }
      const fail = (error) => { failure = String(error) }
      if (result instanceof Promise) result.then(finish).then(undefined, fail)
      else finish(result)
    },
    check: (test) => { test(assert) },
    begin: (text) => { input = text },
    failure: () => failure,
    exitCode: () => process.exitCode ?? 0,
  }
})`

/** The exports of the modules that a program may import, for the form `import { name } from 'module'`. */
export const MODULE_EXPORTS: Readonly<Record<string, readonly string[]>> = {
  fs: ['readFileSync', 'existsSync'],
  readline: ['createInterface'],
  assert: ['ok', 'equal', 'strictEqual', 'deepEqual', 'deepStrictEqual', 'throws'],
  util: ['inspect', 'format'],
  os: ['EOL'],
  process: ['argv', 'env', 'stdin', 'stdout', 'stderr', 'exit'],
  perf_hooks: ['performance'],
}
