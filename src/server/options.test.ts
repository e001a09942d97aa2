import { describe, expect, it } from 'vitest'
import { optionFlags, parseServeOptions } from './options.ts'

describe('options of the server', () => {
  it('come from the command line, then the environment, then the defaults', () => {
    const environment = {
      GUERDON_PORT: '1',
      GUERDON_QUEUE_ROWS: '7',
      GUERDON_CORS: 'https://a.example, https://b.example',
    }
    const options = parseServeOptions({ port: '2', heldBack: ['length'] }, environment)
    expect(options).toMatchObject({
      port: 2,
      queueRows: 7,
      cors: ['https://a.example', 'https://b.example'],
      heldBack: ['length'],
      host: '127.0.0.1',
      requestTimeout: 170,
      reload: true,
    })
    expect(parseServeOptions({ keepAge: '12h' }, { GUERDON_KEEP_ROWS: '9' })).toMatchObject({
      keepAge: 43_200,
      keepRows: 9,
    })
    expect(parseServeOptions({}, { GUERDON_RELOAD: 'false' }).reload).toBe(false)
    expect(parseServeOptions({}, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }).otelEndpoint).toBe(
      'http://c:4318',
    )
  })

  it.each([
    [{ port: 'x' }, {}, '"--port"'],
    [{}, { GUERDON_GROUP_SIZE: '1' }, '"GUERDON_GROUP_SIZE"'],
    [{ groupTime: 3 }, {}, '"--group-time"'],
    [{ tlsCert: 'a.pem' }, {}, 'go together'],
    [
      { keepAge: '30' },
      {},
      '"--keep-age": is no age; expected a number with s, m, h, d or w: 30d (found: "30")',
    ],
    [{ keepRows: '0' }, {}, '"--keep-rows"'],
  ])('that are wrong name their place: %j %j', (given, environment, part) => {
    expect(() => parseServeOptions(given, environment)).toThrow(part)
  })

  it('never show what may hold a password', () => {
    expect(() => parseServeOptions({ webhook: 'ftp://user:secret@host' })).toThrow(/^(?!.*secret)/)
  })

  it('are all on the command line', () => {
    const flags = optionFlags().map((option) => option.flags)
    expect(flags).toContain('--group-timeout <value>')
    expect(flags).toContain('--no-reload')
    expect(new Set(flags).size).toBe(flags.length)
    expect(optionFlags().find(({ flags: given }) => given.startsWith('--otel-endpoint'))?.variables).toEqual([
      'GUERDON_OTEL_ENDPOINT',
      'OTEL_EXPORTER_OTLP_ENDPOINT',
    ])
  })
})
