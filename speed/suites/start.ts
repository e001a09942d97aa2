/** How long a command or an import takes before it does anything, each in a process of its own. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Contender, inTurns } from '../measure.ts'
import { peerEnvironment, python } from '../peers.ts'
import type { Suite } from './suite.ts'

const root = resolve(import.meta.dirname, '../..')

export const start: Suite = async ({ folder, quick }) => {
  const usageFile = join(folder, 'start-usage.json')
  const notes: string[] = []
  const node = (name: string, args: readonly string[]): Contender => ({
    name,
    items: 1,
    cores: 1,
    run: () => {
      const started = performance.now()
      execFileSync(process.execPath, ['--import', join(root, 'speed', 'usage-at-exit.ts'), ...args], {
        stdio: 'ignore',
        env: { ...process.env, USAGE_FILE: usageFile },
      })
      const wall = (performance.now() - started) / 1000
      const usage = JSON.parse(readFileSync(usageFile, 'utf8')) as NodeJS.ResourceUsage
      return { wall, cpu: (usage.userCPUTime + usage.systemCPUTime) / 1e6 }
    },
  })
  const imported = (name: string, statement: string): Contender => ({
    name,
    items: 1,
    cores: 1,
    rounds: quick ? 1 : 3,
    run: () => {
      const script = `${statement}; import resource; u = resource.getrusage(resource.RUSAGE_SELF); print(); print(u.ru_utime + u.ru_stime)`
      const started = performance.now()
      const printed = execFileSync(python, ['-c', script], {
        encoding: 'utf8',
        env: peerEnvironment,
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      const wall = (performance.now() - started) / 1000
      return { wall, cpu: Number(printed.trim().split('\n').at(-1)) }
    },
  })

  const contenders = [
    node('node alone', ['-e', '0']),
    node('guerdon --help', [join(root, 'bin', 'guerdon.js'), '--help']),
  ]
  if (existsSync(join(root, 'src', 'index.ts'))) {
    const entry = join(root, 'dist', 'index.js')
    if (!existsSync(entry))
      execFileSync('npx', ['tsc', '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })
    contenders.push(node("import('guerdon')", ['-e', `import(${JSON.stringify(pathToFileURL(entry).href)})`]))
  } else notes.push('Skipped import of the package: there is no src/index.ts.')
  contenders.push(
    imported('import math_verify', 'import math_verify'),
    imported('import sacrebleu', 'import sacrebleu'),
    imported('import verl core_algos', 'from verl.trainer.ppo import core_algos'),
  )
  const ours = contenders.find(({ name }) => name === "import('guerdon')")?.name ?? 'guerdon --help'
  const lines = await inTurns(contenders, {
    suite: 'start',
    unit: 'starts',
    rounds: quick ? 3 : 11,
    ours,
    against: { 'node alone': '', 'guerdon --help': '' },
  })
  return { lines, notes }
}
