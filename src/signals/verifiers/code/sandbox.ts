/** Opens the pool of one language: finds its interpreter, compiles it once and shares it with all workers. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'
import { GuerdonError } from '../../../records/error.ts'
import { SandboxPool } from './pool.ts'
import type { SandboxLanguage, SandboxLimits } from './sandbox-job.ts'
import { webAssembly } from './web-assembly.ts'

interface InterpreterFiles {
  readonly packageName: string
  /** the file inside the package */
  readonly module: string
  readonly worker: string
}

const INTERPRETERS: Readonly<Record<SandboxLanguage, InterpreterFiles>> = {
  python: { packageName: 'pyodide', module: 'pyodide.asm.wasm', worker: 'python-worker' },
  javascript: {
    packageName: '@jitl/quickjs-ng-wasmfile-release-sync',
    module: 'wasm',
    worker: 'javascript-worker',
  },
}

/** Workers run from sources in a checkout and from JavaScript in a build; each sits beside this file. */
export function workerFile(name: string, here: string = import.meta.url): URL {
  return new URL(`./${name}${here.endsWith('.ts') ? '.ts' : '.js'}`, here)
}

/**
 * Opens a pool for a language. Python needs the optional package pyodide.
 * @throws GuerdonError PACKAGE_MISSING saying what to install
 */
export async function openSandbox(
  language: SandboxLanguage,
  size: number,
  limits: SandboxLimits,
  resolve: (specifier: string) => string = createRequire(import.meta.url).resolve,
): Promise<SandboxPool> {
  const { packageName, module, worker } = INTERPRETERS[language]
  let path: string
  try {
    path = resolve(`${packageName}/${module}`)
  } catch (cause) {
    throw new GuerdonError('PACKAGE_MISSING', `running ${language} needs the package ${packageName}`, {
      hint: `Install it: npm install ${packageName}`,
      cause,
    })
  }
  const compiled = await webAssembly.compile(await readFile(path))
  return new SandboxPool({
    size,
    seeded: language === 'python',
    file: workerFile(worker),
    setup: { limits, module: compiled, directory: `${dirname(path)}${sep}` },
  })
}
