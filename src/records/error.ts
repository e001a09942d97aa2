/**
 * Every failure a person can meet is a `GuerdonError`: a code from one table, where it happened, what was found and
 * what was expected. Prose is made here and nowhere else.
 */

/** The one table of codes: the room a failure belongs to, and what the HTTP server and the CLI answer with it. */
export const ERROR_CODES = {
  SPEC_INVALID: { httpStatus: 400, exitCode: 2 },
  SPEC_UNKNOWN_METHOD: { httpStatus: 400, exitCode: 2 },
  SPEC_UNKNOWN_COLUMN: { httpStatus: 400, exitCode: 2 },
  PARAMETER_INVALID: { httpStatus: 400, exitCode: 2 },
  ARGUMENT_INVALID: { httpStatus: 400, exitCode: 2 },
  FILE_MISSING: { httpStatus: 400, exitCode: 2 },
  FILE_FORMAT_UNKNOWN: { httpStatus: 400, exitCode: 2 },
  DATA_NOT_JSON: { httpStatus: 400, exitCode: 2 },
  DATA_FIELD_MISSING: { httpStatus: 400, exitCode: 2 },
  DATA_FIELD_INVALID: { httpStatus: 400, exitCode: 2 },
  DATA_EMPTY: { httpStatus: 400, exitCode: 2 },
  DATA_ROW_UNKNOWN: { httpStatus: 400, exitCode: 2 },
  DATA_GROUP_SCATTERED: { httpStatus: 400, exitCode: 2 },
  /** a row that cannot be scored as it is: the same request will fail again */
  ROW_INVALID: { httpStatus: 422, exitCode: 1 },
  SIGNAL_FAILED: { httpStatus: 500, exitCode: 1 },
  SIGNAL_TIMEOUT: { httpStatus: 504, exitCode: 1 },
  SIGNAL_SHAPE: { httpStatus: 500, exitCode: 1 },
  SANDBOX_FAILED: { httpStatus: 500, exitCode: 1 },
  PACKAGE_MISSING: { httpStatus: 500, exitCode: 2 },
  /** a model's files are not there, or not to be had */
  MODEL_MISSING: { httpStatus: 500, exitCode: 2 },
  /** a model that does not do what it is asked for: wrong inputs, outputs or numbers */
  MODEL_INVALID: { httpStatus: 500, exitCode: 2 },
  DOWNLOAD_FAILED: { httpStatus: 502, exitCode: 1 },
  /** a server of others did not answer, or not as its protocol says */
  ENDPOINT_FAILED: { httpStatus: 502, exitCode: 1 },
  RUN_CANCELLED: { httpStatus: 499, exitCode: 1 },
  RESUME_MISMATCH: { httpStatus: 409, exitCode: 2 },
  BODY_TOO_LARGE: { httpStatus: 413, exitCode: 2 },
  KEY_MISSING: { httpStatus: 401, exitCode: 2 },
  KEY_WRONG: { httpStatus: 403, exitCode: 2 },
  PATH_UNKNOWN: { httpStatus: 404, exitCode: 2 },
  METHOD_NOT_ALLOWED: { httpStatus: 405, exitCode: 2 },
  KEY_REUSED: { httpStatus: 422, exitCode: 2 },
  GROUP_NEEDED: { httpStatus: 400, exitCode: 2 },
  GROUP_INCOMPLETE: { httpStatus: 503, exitCode: 1 },
  SERVER_BUSY: { httpStatus: 429, exitCode: 1 },
  SERVER_STOPPING: { httpStatus: 503, exitCode: 1 },
  REQUEST_TIMEOUT: { httpStatus: 504, exitCode: 1 },
  STORE_FAILED: { httpStatus: 503, exitCode: 1 },
  STORE_UNKNOWN_RUN: { httpStatus: 404, exitCode: 2 },
  ORIGIN_REFUSED: { httpStatus: 403, exitCode: 2 },
  ENCODING_UNKNOWN: { httpStatus: 415, exitCode: 2 },
  SERVER_FAILED: { httpStatus: 500, exitCode: 1 },
} as const

export type ErrorCode = keyof typeof ERROR_CODES

/** The place of a failure: any part that is known. Lines and columns count from 1. */
export interface ErrorPlace {
  readonly file?: string | undefined
  readonly line?: number | undefined
  readonly field?: string | undefined
  readonly row?: string | undefined
}

export interface ErrorParts {
  readonly where?: ErrorPlace | undefined
  readonly found?: unknown
  readonly expected?: string | undefined
  readonly hint?: string | undefined
  readonly cause?: unknown
}

/** Shows a found value in a sentence: short, on one line, strings quoted. */
export function show(value: unknown, limit = 60): string {
  if (value === undefined) return 'nothing'
  let text: string
  try {
    text =
      typeof value === 'bigint' || typeof value === 'number'
        ? String(value)
        : (JSON.stringify(value) ?? String(value))
  } catch {
    text = String(value)
  }
  return text.length > limit ? `${text.slice(0, limit - 1)}…` : text
}

function sentence(what: string, parts: ErrorParts): string {
  const { file, line, field, row } = parts.where ?? {}
  const place = [
    file,
    line === undefined ? undefined : `line ${line}`,
    row === undefined ? undefined : `row ${show(row)}`,
    field === undefined ? undefined : `"${field}"`,
  ].filter((part) => part !== undefined)
  const expected = parts.expected === undefined ? '' : `; expected ${parts.expected}`
  const found = 'found' in parts ? ` (found: ${show(parts.found)})` : ''
  const hint = parts.hint === undefined ? '' : `. ${parts.hint}`
  return `${place.length > 0 ? `${place.join(' ')}: ` : ''}${what}${expected}${found}${hint}`
}

/**
 * A failure with a code, a place, what was found and what was expected.
 *
 * @example new GuerdonError('DATA_FIELD_MISSING', 'is missing', { where: { file: 'a.jsonl', line: 3, field: 'prompt' } }).message
 *   // 'a.jsonl line 3 "prompt": is missing'
 */
export class GuerdonError extends Error {
  readonly code: ErrorCode
  readonly where: ErrorPlace
  readonly found: unknown
  readonly expected: string | undefined
  readonly httpStatus: number
  readonly exitCode: number

  constructor(code: ErrorCode, what: string, parts: ErrorParts = {}) {
    super(sentence(what, parts), parts.cause === undefined ? undefined : { cause: parts.cause })
    this.name = 'GuerdonError'
    this.code = code
    this.where = parts.where ?? {}
    this.found = parts.found
    this.expected = parts.expected
    this.httpStatus = ERROR_CODES[code].httpStatus
    this.exitCode = ERROR_CODES[code].exitCode
  }

  /** The line a terminal or a log shows: code, then the sentence. */
  override toString(): string {
    return `${this.code} ${this.message}`
  }
}

/** The message of anything that was thrown, on one line. */
export function messageOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  return text.replace(/\s+/g, ' ').trim()
}
