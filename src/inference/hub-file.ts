/** One file from a hub: asked for again when the connection breaks, from where it broke; kept only when it is right. */
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { GuerdonError, messageOf } from '../records/error.ts'
import { writeWhole } from './write-whole.ts'

export interface HubRequestOptions {
  readonly token?: string | undefined
  readonly abort?: AbortSignal | undefined
  readonly attempts?: number | undefined
  readonly pauseMilliseconds?: number | undefined
}

/** Nothing for so long, and an attempt is given up. */
const SILENCE_MILLISECONDS = 60_000

/** A failure that another attempt will not mend. */
class Final extends Error {}

/**
 * GETs an address of the hub and hands its answer on; what breaks, 408, 429 and 5xx are tried again, with pauses that
 * double.
 *
 * @param headersOf asked before each attempt, since what is there already may have grown
 * @throws GuerdonError MODEL_MISSING (401, 403, 404), DOWNLOAD_FAILED, RUN_CANCELLED
 */
export async function hubRequest<Result>(
  url: string,
  options: HubRequestOptions,
  use: (response: Response) => Promise<Result>,
  headersOf: () => Record<string, string> = () => ({}),
): Promise<Result> {
  const most = options.attempts ?? 5
  for (let attempt = 1; ; attempt++) {
    let reason: string
    const silence = new AbortController()
    const timer = setTimeout(() => silence.abort(), SILENCE_MILLISECONDS)
    try {
      const headers: Record<string, string> = { 'user-agent': 'guerdon', ...headersOf() }
      if (options.token) headers.authorization = `Bearer ${options.token}`
      const signal =
        options.abort === undefined ? silence.signal : AbortSignal.any([silence.signal, options.abort])
      const response = await fetch(url, { headers, signal })
      timer.refresh()
      if (response.ok) return await use(watched(response, timer))
      await response.body?.cancel()
      reason = `the hub answered ${response.status}`
      if ([401, 403, 404].includes(response.status)) throw refused(url, response.status)
      if (response.status < 500 && response.status !== 429 && response.status !== 408) throw new Final(reason)
    } catch (error) {
      if (error instanceof GuerdonError) throw error
      if (options.abort?.aborted) throw new GuerdonError('RUN_CANCELLED', 'the download was cancelled')
      reason = messageOf(error instanceof Error && error.cause instanceof Error ? error.cause : error)
      if (silence.signal.aborted) reason = 'the hub fell silent'
      if (error instanceof Final) attempt = most
    } finally {
      clearTimeout(timer)
    }
    if (attempt >= most) {
      throw new GuerdonError('DOWNLOAD_FAILED', `could not be downloaded: ${reason}`, {
        where: { file: url },
      })
    }
    await pause((options.pauseMilliseconds ?? 1000) * 2 ** (attempt - 1), undefined, {
      ...(options.abort === undefined ? {} : { signal: options.abort }),
    }).catch(() => undefined)
  }
}

/** The same answer; what comes of its body pushes the end of patience further away. */
function watched(response: Response, timer: NodeJS.Timeout): Response {
  const watch = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      timer.refresh()
      controller.enqueue(chunk)
    },
  })
  return new Response(response.body?.pipeThrough(watch) ?? null, {
    status: response.status,
    headers: response.headers,
  })
}

function refused(url: string, status: number): GuerdonError {
  if (status === 404) {
    return new GuerdonError('MODEL_MISSING', 'the hub has nothing there', { where: { file: url } })
  }
  return new GuerdonError('MODEL_MISSING', `the hub does not give it to everyone (it answered ${status})`, {
    where: { file: url },
    hint: 'Put a token that may read it into HF_TOKEN; repositories that are not there are refused alike',
  })
}

export interface HubFile extends HubRequestOptions {
  readonly url: string
  /** where it is to lie */
  readonly to: string
  /** its size and SHA-256 (hex) as far as the hub tells them beforehand */
  readonly bytes?: number | undefined
  readonly sha256?: string | undefined
  readonly progress?: ((done: number) => void) | undefined
}

/**
 * Downloads a file to `to` and its digest to `to`.sha256. Until all of it is there and right it has another name, under
 * which a later attempt, in this process or another, goes on.
 *
 * @returns its SHA-256 (hex)
 * @throws GuerdonError DOWNLOAD_FAILED also for another size or digest than was told: nothing is left behind then
 */
export async function downloadFile(file: HubFile): Promise<string> {
  mkdirSync(dirname(file.to), { recursive: true })
  const partial = claimPartial(file.to)
  const sizeOf = () => (existsSync(partial) ? statSync(partial).size : 0)
  // Without a size to compare with nobody can say whether what is there is a beginning; more than all of it is none.
  if (sizeOf() > (file.bytes ?? 0)) rmSync(partial)
  try {
    if (file.bytes === undefined || sizeOf() !== file.bytes) {
      await hubRequest(
        file.url,
        file,
        (response) => writeBody(response, partial, file),
        // Compression would make ranges and lengths those of other bytes.
        () => ({
          'accept-encoding': 'identity',
          ...(file.bytes !== undefined && sizeOf() > 0 ? { range: `bytes=${sizeOf()}-` } : {}),
        }),
      )
    }
  } catch (error) {
    // What has come is left for the next attempt.
    if (existsSync(partial)) renameSync(partial, `${file.to}.0-${randomUUID()}.partial`)
    throw error
  }
  const sha256 = await digestOf(partial)
  const found = { bytes: sizeOf(), sha256 }
  if ((file.bytes ?? found.bytes) !== found.bytes || (file.sha256 ?? sha256) !== sha256) {
    rmSync(partial)
    throw new GuerdonError('DOWNLOAD_FAILED', 'other bytes came than the hub names', {
      where: { file: file.url },
      found: `${found.bytes} bytes, SHA-256 ${found.sha256}`,
      expected: `${file.bytes ?? 'any number of'} bytes, SHA-256 ${file.sha256 ?? 'not named'}`,
    })
  }
  writeWhole(`${file.to}.sha256`, `${sha256}  ${basename(file.to)}\n`)
  renameSync(partial, file.to)
  return sha256
}

/**
 * A name for what has come of a file, holding this process's number. What a process left that is gone is taken over by
 * renaming, which only one can do.
 */
function claimPartial(to: string): string {
  const mine = `${to}.${process.pid}-${randomUUID()}.partial`
  const start = `${basename(to)}.`
  for (const name of readdirSync(dirname(to))) {
    const owner = name.startsWith(start) ? /^(\d+)-[\w-]+\.partial$/.exec(name.slice(start.length)) : null
    if (owner === null || isAlive(Number(owner[1]))) continue
    try {
      renameSync(join(dirname(to), name), mine)
      return mine
    } catch {
      // Another process was quicker.
    }
  }
  return mine
}

/** 0 stands for nobody. */
function isAlive(pid: number): boolean {
  if (pid === 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function writeBody(response: Response, partial: string, file: HubFile): Promise<void> {
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '')
  const handle = await open(partial, existsSync(partial) ? 'r+' : 'w')
  try {
    // A server that knows no ranges, or sends another one, begins anew.
    let at = response.status === 206 && range !== null ? Number(range[1]) : 0
    if (at > (await handle.stat()).size) throw new Error(`the hub left out bytes before ${at}`)
    await handle.truncate(at)
    const length = Number(response.headers.get('content-length') ?? Number.NaN)
    const end = at + length
    for await (const chunk of response.body ?? []) {
      await handle.write(chunk as Uint8Array, 0, chunk.length, at)
      at += chunk.length
      file.progress?.(at)
    }
    if (Number.isFinite(end) && at !== end)
      throw new Error(`the connection ended after ${at} of ${end} bytes`)
  } finally {
    await handle.close()
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
