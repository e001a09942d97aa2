import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LiveSource } from './live-source.ts'

/** What a browser's EventSource does, moved by hand. */
class FakeEventSource extends EventTarget {
  static readonly CLOSED = 2
  static readonly all: FakeEventSource[] = []
  readyState = 0
  onopen: (() => void) | null = null
  onerror: (() => void) | null = null
  readonly url: string

  constructor(url: string) {
    super()
    this.url = url
    FakeEventSource.all.push(this)
  }

  tell(event: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(data) }))
  }

  close(): void {
    this.readyState = FakeEventSource.CLOSED
  }
}

const batch = { batches: 3, rows: 24 }
let live: LiveSource
const stream = (): FakeEventSource => FakeEventSource.all.at(-1)!

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', FakeEventSource)
  FakeEventSource.all.length = 0
  live = new LiveSource('run 1')
  live.open()
  stream().onopen!()
})
afterEach(() => {
  live.close()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

test('batches wait in lists until the person asks; charts follow by themselves, not more often than every three seconds', () => {
  expect(stream().url).toBe('/studio/api/events?run=run+1')
  for (let turn = 0; turn < 10; turn++) stream().tell('batch', batch)
  expect(live.read()).toMatchObject({ waitingBatches: 30, waitingRows: 240, charts: 0, lists: 0 })
  vi.advanceTimersByTime(3000)
  expect(live.read()).toMatchObject({ waitingBatches: 30, charts: 1, lists: 0 })
  live.show()
  expect(live.read()).toMatchObject({ waitingBatches: 0, waitingRows: 0, charts: 2, lists: 1 })
})

test('paused, nothing follows but everything is counted; going on catches up', () => {
  stream().tell('batch', batch)
  live.togglePause()
  stream().tell('batch', batch)
  vi.advanceTimersByTime(60_000)
  expect(live.read()).toMatchObject({ paused: true, waitingBatches: 6, charts: 0 })
  live.togglePause()
  expect(live.read()).toMatchObject({ paused: false, charts: 1 })
})

test('a lost connection is said and caught up with', () => {
  stream().onerror!()
  expect(live.read().connection).toBe('lost')
  stream().onopen!()
  expect(live.read()).toMatchObject({ connection: 'open', charts: 1 })
})

test('a stream that the server closed for good is opened anew', () => {
  stream().close()
  stream().onerror!()
  expect(FakeEventSource.all).toHaveLength(1)
  vi.advanceTimersByTime(5000)
  expect(FakeEventSource.all).toHaveLength(2)
})

test('alerts, a new spec and a stopping server', () => {
  const spec = { accepted: false, specDigest: 'd', sentence: 'signals.a: is not known' }
  stream().tell('alert', {})
  stream().tell('spec', spec)
  stream().tell('stopping', {})
  expect(live.read()).toMatchObject({ alerts: 1, spec, connection: 'stopping' })
  live.dismissSpec()
  expect(live.read().spec).toBeNull()
})
