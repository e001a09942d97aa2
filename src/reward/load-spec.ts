/** Reads a spec from a YAML, JSON or TypeScript file; errors name the line that is at fault. */
import { existsSync, statSync } from 'node:fs'
import { dirname, extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { GuerdonError, messageOf } from '../records/error.ts'
import { readLocatedYaml } from '../records/located-yaml.ts'
import { checkSpec, type PlaceOf, type RewardSpec } from './spec.ts'

export interface LoadedSpec {
  readonly spec: RewardSpec
  /** folder that paths inside the spec are relative to */
  readonly folder: string
  readonly placeOf: PlaceOf
}

/**
 * Reads and checks the form of a spec.
 * @throws GuerdonError FILE_MISSING, FILE_FORMAT_UNKNOWN or SPEC_INVALID with file, line and field
 */
export async function loadSpec(path: string): Promise<LoadedSpec> {
  if (!existsSync(path))
    throw new GuerdonError('FILE_MISSING', 'there is no such file', { where: { file: path } })
  const folder = dirname(resolve(path))
  switch (extname(path)) {
    case '.yaml':
    case '.yml':
    case '.json': {
      const { value, placeOf } = await readLocatedYaml(path, 'SPEC_INVALID')
      return { spec: checkSpec(value, placeOf), placeOf, folder }
    }
    case '.ts':
    case '.js':
    case '.mjs':
      return { ...(await importSpec(path)), folder }
    default:
      throw new GuerdonError('FILE_FORMAT_UNKNOWN', 'is no spec', {
        where: { file: path },
        expected: 'a .yaml, .json or .ts file',
      })
  }
}

async function importSpec(path: string): Promise<{ spec: RewardSpec; placeOf: PlaceOf }> {
  const placeOf: PlaceOf = (fieldPath) => ({
    file: path,
    ...(fieldPath.length === 0 ? {} : { field: fieldPath.map(String).join('.') }),
  })
  let module: { default?: unknown }
  try {
    // A module is loaded once by its address; the time of its last change makes a changed one new.
    module = await import(`${pathToFileURL(resolve(path)).href}?changed=${statSync(path).mtimeMs}`)
  } catch (cause) {
    if (cause instanceof GuerdonError) throw cause
    throw new GuerdonError('SPEC_INVALID', `cannot be loaded: ${messageOf(cause)}`, {
      where: { file: path },
      cause,
    })
  }
  if (module.default === undefined) {
    throw new GuerdonError('SPEC_INVALID', 'has no default export', {
      where: { file: path },
      expected: 'export default defineReward({ … })',
    })
  }
  return { spec: checkSpec(module.default, placeOf), placeOf }
}
