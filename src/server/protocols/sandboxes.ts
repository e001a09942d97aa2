/** The interpreters that routes run programs in: opened by the first program, closed with the server. */
import { availableParallelism } from 'node:os'
import { Resources } from '../../reward/resources.ts'
import type { SandboxPool } from '../../signals/verifiers/code/pool.ts'
import type { SandboxLanguage } from '../../signals/verifiers/code/sandbox-job.ts'

/** Memory limits that there are pools for, MB: an asked limit is rounded up to one, so that few pools are open. */
const memorySteps = [128, 256, 512, 1024, 2048] as const
const outputBytes = 2 ** 20

export class Sandboxes {
  readonly #resources = new Resources()
  readonly #workers: number

  /** @param workers programs that run side by side in one pool */
  constructor(workers: number = Math.min(availableParallelism(), 4)) {
    this.#workers = workers
  }

  /**
   * The pool of a language with a memory limit in MB, rounded up to 128, 256, 512, 1024 or 2048.
   * @throws GuerdonError PACKAGE_MISSING when the interpreter is not installed
   */
  pool(language: SandboxLanguage, memoryMegabytes: number): Promise<SandboxPool> {
    const megabytes = memorySteps.find((step) => step >= memoryMegabytes) ?? memorySteps.at(-1)!
    return this.#resources.get(
      `${language}:${megabytes}`,
      // An interpreter is loaded by the first program, not by starting the server.
      async () =>
        (await import('../../signals/verifiers/code/sandbox.ts')).openSandbox(language, this.#workers, {
          memoryBytes: megabytes * 2 ** 20,
          outputBytes,
        }),
      (pool) => pool.close(),
    )
  }

  /** Terminates every interpreter; programs that still run are cancelled. */
  close(): Promise<void> {
    return this.#resources.close()
  }
}
