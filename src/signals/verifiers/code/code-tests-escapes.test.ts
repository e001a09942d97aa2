/** Programs that attack the sandbox: how each ends, and that the next program notices nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SandboxPool } from './pool.ts'
import { openSandbox } from './sandbox.ts'
import type { SandboxEnd, SandboxLanguage } from './sandbox-job.ts'

type Attack = readonly [name: string, source: string, end: SandboxEnd, reason: RegExp]

/** For programs that end by themselves, with room for a busy machine. */
const WALL_MILLISECONDS = 30_000
/** For programs that never end. */
const LOOP_MILLISECONDS = 1500

const PYTHON: readonly Attack[] = [
  ['endless loop', 'while True: pass', 'time-limit', /longer than/],
  [
    'endless loop that catches everything',
    'while True:\n  try:\n    while True: pass\n  except BaseException: pass',
    'time-limit',
    /longer than/,
  ],
  ['fork bomb', 'import os\nwhile True: os.fork()', 'escape', /posix\.fork|os\.fork/],
  ['fork by the lower module', 'import posix\nwhile True: posix.fork()', 'escape', /fork/],
  ['shell', 'import os\nos.system("id")', 'escape', /system/],
  ['subprocess', 'import subprocess\nsubprocess.run(["id"])', 'failed', /does not support processes/],
  ['memory bomb', 'a = []\nwhile True: a.append(bytearray(10**7))', 'memory-limit', /256 MB/],
  [
    'memory bomb that catches the error',
    'a = []\ntry:\n  while True: a.append(bytearray(10**7))\nexcept MemoryError: print(1)',
    'memory-limit',
    /256 MB/,
  ],
  ['one huge allocation', 'x = bytearray(10**9)', 'memory-limit', /256 MB/],
  ['output bomb', 'while True: print("x" * 1000)', 'output-limit', /1048576 bytes/],
  [
    'output bomb on the error stream',
    'import sys\nwhile True: sys.stderr.write("x" * 1000)',
    'output-limit',
    /bytes/,
  ],
  ['recursion', 'def f(): return f()\nf()', 'failed', /RecursionError/],
  [
    'recursion without limit',
    'import sys\nsys.setrecursionlimit(10**9)\ndef f(): return f()\nf()',
    'memory-limit',
    /MB/,
  ],
  [
    'recursion through native frames',
    'import sys\nsys.setrecursionlimit(10**9)\nclass A:\n  def __repr__(self): return repr(self)\nrepr(A())',
    'stack-limit',
    /too deeply/,
  ],
  ['js module', 'import js\njs.process.exit()', 'escape', /js/],
  ['fetch from js', 'from js import fetch', 'escape', /js/],
  ['require from js', 'from js import require', 'escape', /js/],
  ['run_js', 'from pyodide.code import run_js\nrun_js("process.exit()")', 'escape', /pyodide/],
  ['run_js by pyodide.code', 'import pyodide.code\npyodide.code.run_js("1")', 'escape', /pyodide/],
  ['pyodide_js', 'import pyodide_js', 'escape', /pyodide_js/],
  ['core module', 'import _pyodide_core', 'escape', /_pyodide_core/],
  [
    'pyodide past the import hook',
    'import sys, zipimport\ndel sys.meta_path[0]\nfrom pyodide.code import run_js\nrun_js("1")',
    'failed',
    /ImportError|ModuleNotFoundError|AttributeError/,
  ],
  [
    'a JavaScript object found by the garbage collector',
    'import gc\nfound = [o for o in gc.get_objects() if "JsProxy" in type(o).__name__]\nfound[0].constructor.constructor("return process")()',
    'failed',
    /IndexError/,
  ],
  [
    'a JavaScript object dug out of the collector',
    'import gc\ngc.unfreeze()\nfinder = [o for o in gc.get_objects() if type(o).__name__ == "JsFinder"][0]\nproxy = list(finder.jsproxies.values())[0]\nproxy.constructor.constructor("return process")().exit()',
    'escape',
    /JavaScript/,
  ],
  [
    'core module made by hand',
    'import _imp, importlib.machinery as m\nc = _imp.create_builtin(m.ModuleSpec("_pyodide_core", None))\nc.run_sync(1)',
    'failed',
    /AttributeError|TypeError|RuntimeError/,
  ],
  [
    'a proxy of the core module made by hand',
    'import _imp, importlib.machinery as m\nc = _imp.create_builtin(m.ModuleSpec("_pyodide_core", None))\nc.create_proxy(lambda: 1)',
    'escape',
    /JavaScript/,
  ],
  ['ctypes', 'import ctypes\nctypes.CDLL(None)', 'escape', /ctypes/],
  [
    'ctypes past the import hook',
    'import sys\ndel sys.meta_path[0]\nimport ctypes\nctypes.CDLL(None).emscripten_run_script(b"process.exit()")',
    'escape',
    /native code|JavaScript/,
  ],
  [
    '_ctypes made by hand',
    'import _imp, importlib.machinery as m\nc = _imp.create_builtin(m.ModuleSpec("_ctypes", None))\n_imp.exec_builtin(c)\nc.dlopen(None, 0)',
    'escape',
    /native code|JavaScript/,
  ],
  ['socket', 'import socket\nsocket.socket().connect(("1.1.1.1", 80))', 'escape', /network/],
  ['name lookup', 'import socket\nsocket.getaddrinfo("example.com", 80)', 'escape', /network/],
  ['url', 'import urllib.request as r\nr.urlopen("http://example.com").read()', 'escape', /network/],
  ['read a system file', 'print(open("/etc/passwd").read())', 'failed', /FileNotFoundError/],
  ['read the process', 'print(open("/proc/self/environ").read())', 'failed', /FileNotFoundError|Errno/],
  ['write a file', 'open("/tmp/x", "w").write("1")', 'failed', /Read-only/],
  ['change the standard library', 'open("/lib/python314.zip", "r+b").write(b"x")', 'failed', /Read-only/],
  ['remove a file', 'import os\nos.remove("/lib/python314.zip")', 'failed', /Read-only/],
  ['make a directory', 'import os\nos.mkdir("/home/x")', 'failed', /Read-only/],
  ['sys.exit with an error', 'import sys\nsys.exit(3)', 'failed', /exit code 3/],
  ['os._exit with an error', 'import os\nos._exit(3)', 'failed', /exit code 3/],
  ['BaseException', 'raise BaseException("x")', 'failed', /BaseException: x/],
  ['abort', 'import os\nos.abort()', 'crash', /abort/],
  ['kill', 'import os, signal\nos.kill(os.getpid(), signal.SIGKILL)', 'failed', /exit code 137/],
  ['thread bomb', 'import threading\nwhile True: threading.Thread(target=print).start()', 'failed', /thread/],
  ['close the streams', 'import os\nfor n in range(9): os.close(n)', 'failed', /Bad file/],
  ['redirect a stream', 'import os\nos.dup2(2, 1)', 'failed', /Errno/],
]

const JAVASCRIPT: readonly Attack[] = [
  ['endless loop', 'for (;;) {}', 'time-limit', /longer than/],
  [
    'endless loop that catches everything',
    'for (;;) try { for (;;); } catch {} finally { for (;;); }',
    'time-limit',
    /longer/,
  ],
  ['endless timers', 'setInterval(() => {}, 1)', 'time-limit', /longer than/],
  ['endless promises', '(async () => { for (;;) await null })()', 'time-limit', /longer than/],
  ['slow regular expression', '/(a+)+$/.test("a".repeat(40) + "b")', 'time-limit', /longer than/],
  ['memory bomb', 'const a = []; for (;;) a.push(new Uint8Array(1e7))', 'memory-limit', /256 MB/],
  [
    'memory bomb that catches the error',
    'const a = []; try { for (;;) a.push(new Uint8Array(1e7)) } catch {} console.log(1)',
    'memory-limit',
    /256 MB/,
  ],
  ['output bomb', 'for (;;) try { console.log("x".repeat(1000)) } catch {}', 'output-limit', /1048576 bytes/],
  ['recursion', 'function f() { return f() + 1 } f()', 'failed', /RangeError/],
  [
    'constructor escape',
    'const p = this.constructor.constructor("return process")(); p.mainModule.require("fs")',
    'failed',
    /TypeError/,
  ],
  ['escape through the console', 'console.log.constructor("return Deno")()', 'failed', /Deno/],
  [
    'escape through an error',
    'try { require("x") } catch (e) { e.constructor.constructor("return Buffer")() }',
    'failed',
    /Buffer/,
  ],
  ['require', 'require("child_process")', 'failed', /Cannot find module/],
  [
    'static import',
    'import { execSync } from "node:child_process"\nexecSync("id")',
    'failed',
    /Cannot find module|could not load/i,
  ],
  ['read a system file', 'require("fs").readFileSync("/etc/passwd")', 'failed', /ENOENT/],
  ['exit code', 'process.exit(3)', 'failed', /exit code 3/],
  ['exit in a catch', 'try { process.exit(4) } catch {} finally { console.log(1) }', 'failed', /exit code 4/],
  [
    'deep structure',
    'let x = []; for (let i = 0; i < 1e5; i++) x = [x]; String(x)',
    'stack-limit',
    /too deeply/,
  ],
]

const POISON: Readonly<Record<SandboxLanguage, readonly string[]>> = {
  python: [
    'import builtins\nbuiltins.print = builtins.len = builtins.input = lambda *a: 0',
    'import sys\nfor name in list(sys.modules): sys.modules[name] = None',
    'import sys, io\nsys.stdout = io.StringIO()\nsys.stdin = None\nsys.path.clear()\nsys.meta_path.clear()',
    'import math, json\nmath.sqrt = json.dumps = None\nmath.__dict__.clear()',
    'import os\nos.environ["X"] = "1"\ntry: os.chdir("/tmp")\nexcept OSError: pass\nopen("/lib/python314.zip", "rb")',
    'import sys\nsys.setrecursionlimit(50)\nsys.settrace(lambda *a: 1/0)',
    'import atexit, time\natexit.register(lambda: print("late"))',
    'import gc\nfor o in gc.get_objects():\n  if isinstance(o, dict): o.clear()',
    'x = bytearray(10**8)\nfor i in range(0, 10**8, 4096): x[i] = 255',
  ],
  javascript: [
    'Object.prototype.x = 1; Array.prototype.push = null; JSON.stringify = JSON.parse = () => "1"',
    'for (const name of Object.getOwnPropertyNames(globalThis)) try { delete globalThis[name] } catch {}',
    'String.prototype.split = Promise.prototype.then = Function.prototype.call = () => { throw 1 }',
    'Object.freeze(globalThis); Object.preventExtensions(Object.prototype)',
    'const x = new Uint8Array(1e8).fill(255)',
    'process.stdin.on = null; process.exitCode = 9; console.log = null',
  ],
}

const HONEST: Readonly<Record<SandboxLanguage, { source: string; stdin: string; stdout: string }>> = {
  python: {
    source:
      'import math, json, os, sys\nn = int(input())\nprint(math.sqrt(n), json.dumps([len("ab")]), os.environ.get("X"), os.getcwd() == "/home", sys.getrecursionlimit(), "x" in globals())',
    stdin: '16',
    stdout: '4.0 [2] None True 1000 False\n',
  },
  javascript: {
    source:
      'const lines = require("fs").readFileSync(0, "utf8").split("\\n")\nconst a = []\na.push(JSON.stringify({ n: +lines[0] }))\nconsole.log(a[0], ({}).x, typeof process.exitCode)',
    stdin: '16',
    stdout: '{"n":16} undefined undefined\n',
  },
}

describe.each([
  ['python', PYTHON],
  ['javascript', JAVASCRIPT],
] as const)('%s', (language, attacks) => {
  let pool: SandboxPool
  beforeAll(async () => {
    pool = await openSandbox(language, 1, { memoryBytes: 256 * 2 ** 20, outputBytes: 2 ** 20 })
  })
  afterAll(() => pool.close())

  const expectHonest = async () => {
    const { source, stdin, stdout } = HONEST[language]
    const outcome = await pool.run({ source, stdin }, 20_000)
    expect(outcome).toMatchObject({ end: 'finished', stdout, stderr: '' })
  }

  test.each(attacks)('%s', async (_name, source, end, reason) => {
    const limit = end === 'time-limit' ? LOOP_MILLISECONDS : WALL_MILLISECONDS
    const outcome = await pool.run({ source }, limit)
    expect({ end: outcome.end, reason: outcome.reason }).toEqual({
      end,
      reason: expect.stringMatching(reason),
    })
    expect(outcome.milliseconds).toBeLessThan(limit + 4000)
    await expectHonest()
  })

  test.each(POISON[language])('leaves nothing behind: %j', async (source) => {
    await pool.run({ source }, WALL_MILLISECONDS)
    await expectHonest()
  })

  test('a program that exits cleanly is judged by what it printed', async () => {
    const sources =
      language === 'python'
        ? [
            'print(1)\nimport sys\nsys.exit()',
            'import os\nprint(1, flush=True)\nos._exit(0)',
            'print(1)\nraise SystemExit',
          ]
        : ['console.log(1); process.exit(0); console.log(2)']
    for (const source of sources) {
      expect(await pool.run({ source }, WALL_MILLISECONDS)).toMatchObject({ end: 'finished', stdout: '1\n' })
    }
  })

  test('leaving early passes neither an assertion nor a call', async () => {
    const exits =
      language === 'python'
        ? [
            'import sys\nsys.exit(0)',
            'import os\nos._exit(0)',
            'def f(x):\n  import os\n  os._exit(0)',
            'def f(x): raise SystemExit(0)',
          ]
        : ['process.exit(0)', 'function f() { process.exit(0) }']
    const assertion = language === 'python' ? 'assert f(1) == 2' : 'assert.equal(f(1), 2)'
    for (const source of exits) {
      expect((await pool.run({ source, assertion }, WALL_MILLISECONDS)).end).toBe('failed')
      const call = { name: 'f', arguments: '[1]' }
      expect((await pool.run({ source, call }, WALL_MILLISECONDS)).end).toBe('failed')
    }
  })

  test('tampering with what an assertion uses does not pass it', async () => {
    const cheats =
      language === 'python'
        ? [
            'class Yes:\n  def __eq__(self, other): return True\ndef f(x): return Yes()',
            'class Yes(int):\n  def __eq__(self, other): return True\ndef f(x): return Yes(7)',
            'class Meta(type):\n  def __eq__(self, other): return True\n  __hash__ = type.__hash__\nclass Yes(metaclass=Meta):\n  def __eq__(self, other): return True\ndef f(x): return Yes()',
            'class Yes:\n  def __eq__(self, other): return True\ndef f(x): return [Yes()]',
            'import builtins\nbuiltins.AssertionError = None\nbuiltins.type = builtins.exec = lambda *a: int\ndef f(x): return 7',
            'import sys\nclass Yes:\n  def __eq__(self, other): return True\ndef f(x):\n  globals()["__guerdon_equal__"] = lambda *a: True\n  return Yes()',
            'import ast\nast.parse = compile = None\ndef f(x): return 7',
          ]
        : [
            'globalThis.assert = () => {}; function f() { return 7 }',
            'Object.is = () => true; function f() { return 7 }',
            'Error = function () {}; function f() { return 7 }',
            'Array.prototype.every = () => true; Object.keys = () => []; function f() { return [7] }',
            'try { require("assert").strictEqual = require("assert").deepEqual = () => {} } catch {} function f() { return 7 }',
            'const assert = { strictEqual() {}, deepEqual() {} }; function f() { return 7 }',
          ]
    const assertions =
      language === 'python'
        ? ['assert f(1) == 2', 'assert f(1) == [2]']
        : ['assert.strictEqual(f(1), 2)', 'assert.deepEqual(f(1), [2])']
    for (const source of cheats) {
      for (const assertion of assertions) {
        expect([source, (await pool.run({ source, assertion }, WALL_MILLISECONDS)).end]).toEqual([
          source,
          'failed',
        ])
      }
    }
  })

  test('honest values pass assertions, whatever their type', async () => {
    const source =
      language === 'python'
        ? 'import collections, fractions, dataclasses\n@dataclasses.dataclass\nclass Point:\n  x: int\ndef f(x): return x\nC = collections.Counter\nF = fractions.Fraction\nN = collections.namedtuple("N", "a b")'
        : 'const f = (x) => x'
    const assertions =
      language === 'python'
        ? [
            'assert f([1, (2, {"a": {3}})]) == [1, (2, {"a": {3}})]',
            'assert f(C("aab")) == {"a": 2, "b": 1}',
            'assert f(collections.OrderedDict(a=1)) == {"a": 1}',
            'assert f(collections.defaultdict(int, a=1)) == {"a": 1}',
            'assert f(N(1, 2)) == (1, 2)',
            'assert f(F(1, 2)) == 0.5',
            'assert f(Point(1)) == Point(1)',
            'assert f(None) == None and f(0.1 + 0.2) != 0.3',
            'for n in range(3):\n  assert f(n) == n, n',
          ]
        : [
            'assert(f(1) === 1)',
            'assert.deepStrictEqual(f({ a: [1] }), { a: [1] })',
            'assert.throws(() => f.g.h)',
          ]
    for (const assertion of assertions) {
      const { end, reason } = await pool.run({ source, assertion }, WALL_MILLISECONDS)
      expect({ assertion, end, reason }).toEqual({ assertion, end: 'finished', reason: undefined })
    }
  })

  test('an assertion that does not compile is told apart from a wrong program', async () => {
    const outcome = await pool.run({ source: '1', assertion: 'assert (' }, WALL_MILLISECONDS)
    expect(outcome.end).toBe('broken-test')
    expect(outcome.reason).toMatch(/SyntaxError/)
  })

  test('a huge result or a huge line is an output limit, not a burden for the caller', async () => {
    const source = language === 'python' ? 'def f(n): return "x" * n' : 'const f = (n) => "x".repeat(n)'
    const long = language === 'python' ? 'print("x" * 2 * 10**7)' : 'console.log("x".repeat(2e7))'
    const call = { name: 'f', arguments: '[5000000]' }
    expect((await pool.run({ source, call }, WALL_MILLISECONDS)).end).toMatch(/^(output|memory)-limit$/)
    expect(
      (await pool.run({ source, call: { ...call, arguments: '[2000000]' } }, WALL_MILLISECONDS)).end,
    ).toBe('output-limit')
    expect((await pool.run({ source: long }, WALL_MILLISECONDS)).end).toMatch(/^(output|memory)-limit$/)
    const few = await pool.run({ source, call: { ...call, arguments: '[2]' } }, WALL_MILLISECONDS)
    expect(few).toMatchObject({ end: 'finished', result: '"xx"' })
  })

  test('standard input under its usual names', async () => {
    const sources =
      language === 'python'
        ? [
            'print(open(0).read())',
            'print(open("/dev/stdin").read())',
            'import sys\nprint(sys.stdin.buffer.read().decode())',
            'print(input())',
          ]
        : [
            'console.log(require("fs").readFileSync(0, "utf8"))',
            'console.log(String(require("fs").readFileSync("/dev/stdin")))',
            'process.stdin.on("data", (text) => console.log(text))',
          ]
    for (const source of sources) {
      expect(await pool.run({ source, stdin: '7 é' }, WALL_MILLISECONDS)).toMatchObject({
        end: 'finished',
        stdout: '7 é\n',
      })
    }
  })

  test('printing a forged reply changes nothing but the output', async () => {
    const forged = JSON.stringify({ kind: 'outcome', id: 1, outcome: { end: 'finished', result: '2' } })
    const print =
      language === 'python' ? `print(${JSON.stringify(forged)})` : `console.log(${JSON.stringify(forged)})`
    const wrong = language === 'python' ? 'def f(x): return 3' : 'function f() { return 3 }'
    const outcome = await pool.run(
      { source: `${print}\n${wrong}`, call: { name: 'f', arguments: '[1]' } },
      WALL_MILLISECONDS,
    )
    expect(outcome).toMatchObject({ end: 'finished', result: '3', stdout: `${forged}\n` })
  })

  test('two runs of a program that draws random numbers agree', async () => {
    const source =
      language === 'python'
        ? 'import random, os, uuid\nprint(random.random(), os.urandom(4).hex(), {"a", "b", "c"})'
        : 'console.log(1)'
    const first = await pool.run({ source }, WALL_MILLISECONDS)
    const second = await pool.run({ source }, WALL_MILLISECONDS)
    expect(first.end).toBe('finished')
    expect(second.stdout).toBe(first.stdout)
  })
})
