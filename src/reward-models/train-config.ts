/** The config of a training run: which preferences, how texts become numbers, which recipe, where the model goes. */
import { existsSync } from 'node:fs'
import { dirname, extname, resolve } from 'node:path'
import { z } from 'zod'
import { CONVERSATION_TEMPLATES } from '../inference/conversation-text.ts'
import { encoderSpec } from '../inference/encoder.ts'
import { deepestIssue } from '../kinds/deepest-issue.ts'
import { parseParameters } from '../kinds/method.ts'
import { GuerdonError } from '../records/error.ts'
import { type PlaceOf, readLocatedYaml } from '../records/located-yaml.ts'
import type { Recipe } from './recipe.ts'
import { recipeNamed } from './recipes.ts'

const dataSource = z.strictObject({
  file: z
    .string()
    .min(1)
    .describe('preferences in any known layout (.jsonl, .jsonl.gz, .json, .csv, .parquet)'),
  format: z.string().optional().describe('layout, when it cannot be told from the columns'),
  map: z
    .record(z.string(), z.string())
    .optional()
    .describe('new name → column of the file, for example prompt: question'),
  source: z.string().min(1).optional().describe('name of the data set, instead of what its rows say'),
  weight: z
    .number()
    .positive()
    .max(100)
    .default(1)
    .describe(
      'how often an epoch sees each pair: 0.5 uses half of them (chosen by hash), 2 each of them twice',
    ),
})

/** Features that stand in the data instead of embeddings of texts. */
export const columnsEncoderSpec = z.strictObject({
  use: z.literal('columns'),
  names: z
    .array(z.string().min(1))
    .min(1)
    .describe('a pair has chosen_NAME and rejected_NAME, or objects chosen_features and rejected_features'),
})

export const pairEncoderSpec = z.discriminatedUnion('use', [...encoderSpec.options, columnsEncoderSpec])
export type PairEncoderSpec = z.infer<typeof pairEncoderSpec>

export const encodedTextSpec = z.strictObject({
  read: z
    .enum(['together', 'completion'])
    .default('together')
    .describe('prompt and completion as one text, or the completion alone'),
  template: z.enum(CONVERSATION_TEMPLATES).default('plain').describe('layout of prompt and completion'),
})
export type EncodedTextSpec = z.output<typeof encodedTextSpec>

export const trainConfigSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]*$/, 'a name has letters, digits, dots, _ and - only')
    .describe('name of the model'),
  description: z.string().optional(),
  data: z
    .union([z.string().min(1), z.array(z.union([z.string().min(1), dataSource])).min(1), dataSource])
    .describe('a file of preferences, or several'),
  skipInvalid: z
    .boolean()
    .default(false)
    .describe('leave out rows that cannot be read, count them and say why, instead of stopping at the first'),
  holdOut: z
    .strictObject({
      share: z
        .number()
        .min(0)
        .max(0.9)
        .default(0.1)
        .describe(
          'of all prompts (or users): one half chooses the epoch and calibrates, the other is measured',
        ),
      by: z
        .enum(['prompt', 'user'])
        .default('prompt')
        .describe('what is held out whole, by a hash that stays the same whatever else is in the data'),
      file: z
        .union([z.string().min(1), dataSource])
        .optional()
        .describe('preferences to measure on, instead of a part of the data'),
    })
    .prefault({}),
  encoder: pairEncoderSpec
    .default({ use: 'hashed-n-grams' })
    .describe('how texts become numbers; hashed n-grams need no model and are a stand-in for one'),
  text: encodedTextSpec.prefault({}),
  recipe: z
    .looseObject({ use: z.string().min(1).describe('name of the recipe; its parameters stand beside it') })
    .default({ use: 'bradley-terry-head' }),
  seed: z.int().min(0).default(1).describe('everything that is drawn follows from it'),
  cache: z
    .string()
    .min(1)
    .optional()
    .describe('folder that keeps embeddings for other runs; by default they are kept until this run is done'),
  output: z
    .string()
    .min(1)
    .optional()
    .describe('folder of the model; by default NAME in the current directory'),
  backEnd: z.enum(['auto', 'onnx', 'wasm']).default('auto').describe('what computes the training'),
  threads: z.int().min(1).max(256).optional().describe('of the training; by default what suits its size'),
  limits: z
    .strictObject({
      memory: z
        .int()
        .min(1)
        .default(512)
        .describe('megabytes that embeddings may take; beyond it they lie in files while the model trains'),
      pairs: z.int().min(1).optional().describe('most pairs that are read, over all files'),
    })
    .prefault({}),
})

type CheckedConfig = z.output<typeof trainConfigSchema>
export type TrainConfigInput = z.input<typeof trainConfigSchema>
export type DataSource = z.output<typeof dataSource>

/** A config whose every part was checked: names found, parameters filled in, paths resolved. */
export interface TrainConfig extends Omit<CheckedConfig, 'data' | 'holdOut' | 'recipe' | '$schema'> {
  readonly data: readonly DataSource[]
  readonly holdOut: {
    readonly share: number
    readonly by: 'prompt' | 'user'
    readonly file?: DataSource
  }
  readonly recipe: Recipe
  readonly parameters: Readonly<Record<string, unknown>>
  /** folder that relative paths were resolved from */
  readonly folder: string
}

/**
 * Checks a config and fills in its defaults.
 * @param folder relative paths start here
 * @throws GuerdonError SPEC_INVALID, SPEC_UNKNOWN_METHOD or PARAMETER_INVALID, with file, line and field where they are known
 */
export function checkTrainConfig(
  value: unknown,
  folder = process.cwd(),
  placeOf: PlaceOf = (path) => (path.length === 0 ? {} : { field: path.map(String).join('.') }),
): TrainConfig {
  const result = trainConfigSchema.safeParse(value)
  if (!result.success) {
    const issue = deepestIssue(result.error.issues)
    const unknown = issue.code === 'unrecognized_keys'
    const path = unknown ? [...issue.path, issue.keys[0]!] : issue.path
    let found: unknown = value
    for (const key of path) found = (found as Record<PropertyKey, unknown> | null | undefined)?.[key]
    throw new GuerdonError('SPEC_INVALID', unknown ? 'a training config has no such field' : issue.message, {
      where: placeOf(path),
      ...(unknown ? {} : { found }),
      ...(unknown &&
        path.length === 1 && {
          expected: `one of ${Object.keys(trainConfigSchema.shape).slice(1).join(', ')}`,
        }),
    })
  }
  const { $schema, data, holdOut, recipe: entry, ...rest } = result.data
  const source = (given: string | DataSource): DataSource => {
    const whole = typeof given === 'string' ? { file: given, weight: 1 } : given
    return { ...whole, file: resolve(folder, whole.file) }
  }
  const { use, ...given } = entry
  const { file: heldFile, ...held } = holdOut
  const recipe = relocated(
    () => recipeNamed(use),
    () => placeOf(['recipe', 'use']),
  )
  // A recipe that names its features names those of the columns, unless told otherwise.
  const { encoder } = rest
  const named = encoder.use === 'columns' && 'names' in recipe.parameters.shape && given.names === undefined
  const own = named ? { ...given, names: encoder.names } : given
  return {
    ...rest,
    data: (Array.isArray(data) ? data : [data]).map(source),
    holdOut: { ...held, ...(heldFile !== undefined && { file: source(heldFile) }) },
    recipe,
    parameters: relocated(
      () => parseParameters(recipe, own),
      (field) => placeOf(['recipe', ...field.split('.').slice(1)]),
    ),
    folder,
  }
}

/** The same error at the place where the config's author will find it. */
function relocated<Value>(check: () => Value, place: (field: string) => ReturnType<PlaceOf>): Value {
  try {
    return check()
  } catch (error) {
    if (!(error instanceof GuerdonError)) throw error
    throw new GuerdonError(error.code, error.message.replace(/^"[^"]*": /, ''), {
      where: place(error.where.field ?? ''),
      cause: error,
    })
  }
}

/**
 * Reads and checks a config file.
 * @throws GuerdonError FILE_MISSING, FILE_FORMAT_UNKNOWN, and what `checkTrainConfig` throws
 */
export async function readTrainConfig(path: string): Promise<TrainConfig> {
  if (!existsSync(path))
    throw new GuerdonError('FILE_MISSING', 'there is no such file', { where: { file: path } })
  if (!['.yaml', '.yml', '.json'].includes(extname(path)))
    throw new GuerdonError('FILE_FORMAT_UNKNOWN', 'is no training config', {
      where: { file: path },
      expected: 'a .yaml or .json file',
    })
  const { value, placeOf } = await readLocatedYaml(path, 'SPEC_INVALID')
  return checkTrainConfig(value, dirname(resolve(path)), placeOf)
}
