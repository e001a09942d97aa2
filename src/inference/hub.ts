/**
 * Models from the Hugging Face hub, or a mirror of it: the files that are needed of a repository at one commit, kept in
 * a folder of their own. A download that breaks off goes on where it stood; every file's SHA-256 is kept beside it.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { GuerdonError, messageOf } from '../records/error.ts'
import { downloadFile, hubRequest } from './hub-file.ts'
import { externalData, MODEL_JSON_FILES, ONNX_FILES } from './model-files.ts'
import { writeWhole } from './write-whole.ts'

export interface HubModel {
  /** owner/name */
  readonly repository: string
  /** branch, tag or commit; default main */
  readonly revision?: string | undefined
  /** which ONNX file; default: the first of `ONNX_FILES` that the repository has */
  readonly file?: string | undefined
  /** address of the hub; default: HF_ENDPOINT, else https://huggingface.co */
  readonly endpoint?: string | undefined
  /** where models are kept; default: GUERDON_MODELS_DIRECTORY, else ~/.cache/guerdon/models */
  readonly directory?: string | undefined
  /** nothing is downloaded; default: whether GUERDON_OFFLINE or HF_HUB_OFFLINE is set to other than 0 */
  readonly offline?: boolean | undefined
  /** for repositories that are not public; default: HF_TOKEN */
  readonly token?: string | undefined
  /** bytes that have come and all there are, over all files of the model */
  readonly progress?: ((done: number, total: number) => void) | undefined
  readonly abort?: AbortSignal | undefined
  /** of one request, the first counted; default 5 */
  readonly attempts?: number | undefined
  /** before the second attempt, doubled for each further one; default 1000 */
  readonly pauseMilliseconds?: number | undefined
}

/** What was found of a repository, kept so that nothing is asked again. */
interface Listing {
  readonly repository: string
  /** the commit that the revision named then; every file is of it */
  readonly commit: string
  readonly files: readonly {
    readonly path: string
    readonly bytes: number | null
    readonly sha256: string | null
  }[]
}

/** Whether the environment says that nothing may be downloaded. */
export function offlineByEnvironment(environment: NodeJS.ProcessEnv = process.env): boolean {
  return [environment.GUERDON_OFFLINE, environment.HF_HUB_OFFLINE].some(
    (value) => value !== undefined && !['', '0', 'false', 'no', 'off'].includes(value.toLowerCase()),
  )
}

/**
 * The folder that holds a repository's ONNX file, its weights, its tokenizer and what says how it pools.
 *
 * What is there already is taken as it is, without asking the hub, so that a branch that moves changes no result; delete
 * the folder, or name another revision, to get what is new.
 * @throws GuerdonError MODEL_MISSING when it is not there and this is offline, when the hub has no such repository or file,
 *   or wants a token; DOWNLOAD_FAILED when the hub does not answer or sends other bytes than it says; RUN_CANCELLED
 */
export async function downloadModel(model: HubModel): Promise<string> {
  const revision = model.revision ?? 'main'
  const root =
    model.directory ?? process.env.GUERDON_MODELS_DIRECTORY ?? join(homedir(), '.cache', 'guerdon', 'models')
  const folder = join(root, `${model.repository.replace('/', '--')}@${revision.replaceAll('/', '--')}`)
  const offline = model.offline ?? offlineByEnvironment()
  const endpoint = (model.endpoint ?? process.env.HF_ENDPOINT ?? 'https://huggingface.co').replace(/\/+$/, '')
  const token = model.token ?? process.env.HF_TOKEN
  const request = { ...model, token, endpoint }

  const kept = readListing(folder)
  if (kept === undefined && offline) throw absent(model.repository, folder)
  const listing = kept ?? (await askListing(request, revision))
  const wanted = wantedFiles(listing, model.file)
  const missing = wanted.filter(({ path }) => !existsSync(join(folder, path)))
  if (missing.length > 0 && offline) throw absent(`${model.repository}: ${missing[0]!.path}`, folder)
  if (kept === undefined) {
    mkdirSync(folder, { recursive: true })
    writeWhole(join(folder, LISTING), `${JSON.stringify(listing, null, 2)}\n`)
  }
  const total = missing.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
  let before = 0
  for (const { path, bytes, sha256 } of missing) {
    await downloadFile({
      ...request,
      url: `${endpoint}/${model.repository}/resolve/${listing.commit}/${encodePath(path)}`,
      to: join(folder, path),
      bytes: bytes ?? undefined,
      sha256: sha256 ?? undefined,
      progress: (done) => model.progress?.(before + done, Math.max(total, before + done)),
    })
    before += bytes ?? 0
  }
  return folder
}

const LISTING = 'guerdon-listing.json'
const encodePath = (path: string) => path.split('/').map(encodeURIComponent).join('/')

function readListing(folder: string): Listing | undefined {
  const path = join(folder, LISTING)
  if (!existsSync(path)) return undefined
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Listing
  } catch (error) {
    throw new GuerdonError('MODEL_INVALID', `cannot be read: ${messageOf(error)}`, {
      where: { file: path },
      hint: 'Delete the folder to download the model anew',
    })
  }
}

async function askListing(request: HubModel & { endpoint: string }, revision: string): Promise<Listing> {
  const { repository, endpoint } = request
  const url = `${endpoint}/api/models/${repository}/revision/${encodeURIComponent(revision)}?blobs=true`
  const answer = await hubRequest(url, request, async (response) => (await response.json()) as unknown)
  const { sha, siblings } = (answer ?? {}) as {
    sha?: unknown
    siblings?: { rfilename?: unknown; size?: unknown; lfs?: { sha256?: unknown } }[]
  }
  if (typeof sha !== 'string' || !Array.isArray(siblings)) {
    throw new GuerdonError('DOWNLOAD_FAILED', 'the hub does not say which files the repository has', {
      where: { file: url },
      found: answer,
    })
  }
  return {
    repository,
    commit: sha,
    files: siblings.flatMap(({ rfilename, size, lfs }) =>
      typeof rfilename === 'string' && isPlainPath(rfilename)
        ? [
            {
              path: rfilename,
              bytes: typeof size === 'number' ? size : null,
              sha256: typeof lfs?.sha256 === 'string' ? lfs.sha256 : null,
            },
          ]
        : [],
    ),
  }
}

/** A path inside the folder: what a hub names must not be written anywhere else. */
function isPlainPath(path: string): boolean {
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\:]/.test(part))
}

function wantedFiles(listing: Listing, file: string | undefined): Listing['files'] {
  const paths = new Map(listing.files.map((entry) => [entry.path, entry]))
  const onnx = file ?? ONNX_FILES.find((candidate) => paths.has(candidate))
  for (const [needed, what] of [
    [onnx, file ?? 'an ONNX file'],
    ['tokenizer.json', 'tokenizer.json'],
  ] as const) {
    if (needed !== undefined && paths.has(needed)) continue
    throw new GuerdonError('MODEL_MISSING', `the repository ${listing.repository} has no ${what}`, {
      found: listing.files
        .map(({ path }) => path)
        .filter((path) => /\.(onnx|json)$/.test(path))
        .join(', '),
    })
  }
  return [...MODEL_JSON_FILES, ...externalData(onnx!), onnx!].flatMap((path) => paths.get(path) ?? [])
}

function absent(what: string, folder: string): GuerdonError {
  return new GuerdonError(
    'MODEL_MISSING',
    `${what} is not on this machine, and nothing is downloaded while offline`,
    {
      where: { file: folder },
      hint: 'Unset GUERDON_OFFLINE and HF_HUB_OFFLINE, or name a folder that holds the model',
    },
  )
}
