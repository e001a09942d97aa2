/**
 * Every option of `guerdon serve`: one schema with defaults, from which the command line and the environment are
 * read. `--queue-rows` is `queueRows` here and `GUERDON_QUEUE_ROWS` in the environment.
 */
import { z } from 'zod'
import { GuerdonError } from '../records/error.ts'
import { AGE_FORM, parseAge } from '../store/parse-age.ts'

const count = z.coerce.number().int()
const seconds = z.coerce.number().positive().max(86_400)
const list = z.preprocess(
  (value) =>
    typeof value === 'string'
      ? value
          .split(',')
          .map((part) => part.trim())
          .filter(Boolean)
      : value,
  z.array(z.string()),
)
const flag = z.preprocess(
  (value) => (value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : value),
  z.boolean(),
)
/** A text such as `30d`, in seconds afterwards. */
const age = z.string().transform((text, context) => {
  const parsed = parseAge(text)
  if (parsed !== undefined && parsed > 0) return parsed
  context.addIssue({ code: 'custom', message: `is no age; expected ${AGE_FORM}` })
  return z.NEVER
})

export const serveOptions = z
  .object({
    host: z.string().min(1).default('127.0.0.1').describe('address to listen on'),
    port: count.min(0).max(65_535).default(8765).describe('port to listen on; 0 takes a free one'),
    store: z
      .string()
      .min(1)
      .default('.guerdon/store.sqlite')
      .describe('where scored batches are kept: a SQLite file, postgres://…, or none'),
    keepRows: count
      .min(1)
      .optional()
      .describe('most rows the store keeps, over all its runs; older batches and their keys are forgotten'),
    keepAge: age
      .optional()
      .describe('how long the store keeps a batch (30d, 12h); older ones and their keys are forgotten'),
    redis: z.string().min(1).optional().describe('Redis that replicas share states through'),
    run: z
      .string()
      .regex(/^[\w.:-]{1,128}$/)
      .optional()
      .describe('name of the run; a known one is gone on with'),
    groupSize: count
      .min(2)
      .max(65_536)
      .optional()
      .describe('rollouts of a whole group, when they come one by one'),
    groupTimeout: seconds.default(60).describe('seconds a group may take to fill'),
    heldBack: list
      .default([])
      .describe('logged columns that the reward does not see, for the watch (repeatable)'),
    watchPause: z.coerce
      .number()
      .min(0.1)
      .max(86_400)
      .default(5)
      .describe('least seconds between two looks of the watch'),
    webhook: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('address that alerts are posted to'),
    webhookSecret: z.string().min(1).optional().describe('key that signs what is posted there (HMAC-SHA256)'),
    webhookText: flag.default(false).describe('let words quoted from rollouts into it'),
    stateScope: z
      .string()
      .regex(/^[\w.:-]{1,128}$/)
      .optional()
      .describe('name that replicas share a state under: --run if that is given, else the reward’s name'),
    key: list.default([]).describe('API keys; on a command line others can see them, so prefer a file'),
    keyFile: z.string().min(1).optional().describe('file with API keys, one a line'),
    tlsCert: z.string().min(1).optional().describe('certificate for HTTPS (PEM)'),
    tlsKey: z.string().min(1).optional().describe('its private key (PEM)'),
    cors: list.default([]).describe('origin whose pages may call the server (repeatable)'),
    bodyLimit: count
      .min(1024)
      .max(2 ** 29)
      .default(64 * 2 ** 20)
      .describe('most bytes of a body, also inflated'),
    bodiesLimit: count
      .min(1024)
      .default(2 ** 30)
      .describe('most bytes of all bodies being read at a time'),
    queueRows: count.min(1).default(65_536).describe('most rows that wait or are in work'),
    requestTimeout: seconds.default(170).describe('seconds a request may take; below the 180 s of OpenRLHF'),
    headersTimeout: seconds.default(15).describe('seconds a client may take to send its headers'),
    uploadTimeout: seconds.default(120).describe('seconds a client may take to send a request'),
    stopTimeout: seconds.default(30).describe('seconds that accepted requests get when the server stops'),
    cacheBytes: count
      .min(0)
      .default(64 * 2 ** 20)
      .describe('memory for known verdicts; 0 turns the cache off'),
    batchRows: count.min(1).default(1024).describe('most rows that are scored together'),
    batchWait: z.coerce
      .number()
      .min(0)
      .max(10_000)
      .default(0)
      .describe('milliseconds a request waits for company'),
    batchConcurrency: count.min(1).max(256).default(4).describe('joined batches that are scored at a time'),
    otelEndpoint: z.url().optional().describe('OTLP/HTTP collector for traces'),
    traceRows: count.min(0).default(32).describe('rows of a request whose scores become trace events'),
    studio: z.string().min(1).optional().describe('folder of the built studio'),
    reload: flag.default(true).describe('serve the spec anew when its file changes'),
    logLevel: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'])
      .default('info')
      .describe('least level to log'),
  })
  .strict()

export type ServeOptions = z.output<typeof serveOptions>

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
const variable = (name: string): string => `GUERDON_${kebab(name).replaceAll('-', '_').toUpperCase()}`

/** Variables that others define and that mean one of our options. */
const KNOWN_VARIABLES: Readonly<Record<string, string>> = { otelEndpoint: 'OTEL_EXPORTER_OTLP_ENDPOINT' }

/**
 * The options in force: the command line wins over the environment, which wins over the defaults.
 * @throws GuerdonError ARGUMENT_INVALID that names the option or the variable
 */
export function parseServeOptions(
  given: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>> = {},
): ServeOptions {
  const values: Record<string, unknown> = {}
  const from: Record<string, string> = {}
  for (const name of Object.keys(serveOptions.shape)) {
    const names = [variable(name), KNOWN_VARIABLES[name]].filter((known) => known !== undefined)
    const known = names.find((key) => (environment[key] ?? '') !== '')
    if (known !== undefined) {
      values[name] = environment[known]
      from[name] = known
    }
  }
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue
    values[name] = value
    from[name] = `--${kebab(name)}`
  }
  const parsed = serveOptions.safeParse(values)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!
    const name = issue.code === 'unrecognized_keys' ? issue.keys[0]! : String(issue.path[0])
    // A store's or a webhook's address may hold a password, a key is one.
    const secret = ['key', 'store', 'redis', 'webhook', 'webhookSecret'].includes(name)
    throw new GuerdonError('ARGUMENT_INVALID', issue.message.replace(/^Invalid input: /, ''), {
      where: { field: from[name] ?? `--${kebab(name)}` },
      ...(secret ? {} : { found: values[name] }),
    })
  }
  const options = parsed.data
  if ((options.tlsCert === undefined) !== (options.tlsKey === undefined)) {
    throw new GuerdonError('ARGUMENT_INVALID', 'a certificate and its key go together', {
      expected: '--tls-cert and --tls-key',
    })
  }
  return options
}

/** An option as a person meets it. */
export interface OptionFlags {
  readonly flags: string
  readonly description: string
  readonly repeatable: boolean
  /** names of the environment variables, the one that wins first */
  readonly variables: readonly string[]
  /** the value in force when nothing is given; undefined when there is none */
  readonly initial: unknown
}

/** What the command line and the documentation need of each option: its flags, its sentence, its variables. */
export function optionFlags(): OptionFlags[] {
  return Object.entries(serveOptions.shape).map(([name, schema]) => {
    const repeatable = ['heldBack', 'key', 'cors'].includes(name)
    const initial: unknown = schema.safeParse(undefined).data
    const standard = initial === undefined || Array.isArray(initial) ? '' : ` (default: ${String(initial)})`
    const variables = [variable(name), KNOWN_VARIABLES[name]].filter((known) => known !== undefined)
    const description = `${schema.description ?? ''}${name === 'reload' ? '' : standard}`
    return name === 'reload'
      ? { flags: '--no-reload', description: 'do not watch the spec file', repeatable, variables, initial }
      : { flags: `--${kebab(name)} <value>`, description, repeatable, variables, initial }
  })
}
