import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { stageBars } from './stage-bars.ts'

function screen(isTTY: boolean) {
  let text = ''
  const stream = Object.assign(
    new Writable({
      write(chunk, _, done) {
        text += chunk
        done()
      },
    }),
    { isTTY, cursorTo() {}, clearLine() {}, moveCursor() {}, columns: 120 },
  )
  return { stream, text: () => text }
}

it('shows a bar for each stage in turn, with the loss where there is one', async () => {
  const { stream, text } = screen(true)
  const bars = await stageBars(stream)
  bars.update('encode', 50, 200)
  bars.update('head', 640, 1000, 0.712345)
  bars.stop()
  expect(text()).toContain('encode')
  expect(text()).toContain('640 of 1000')
  expect(text()).toContain('loss 0.7123')
  expect(text()).toContain('64 %')
})

it('is silent where there is no terminal, and can be stopped before it began', async () => {
  const { stream, text } = screen(false)
  const bars = await stageBars(stream)
  bars.update('head', 1, 2, 1)
  bars.stop()
  expect(text()).toBe('')
  const early = await stageBars(screen(true).stream)
  early.stop()
})
