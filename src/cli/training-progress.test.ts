import { Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { trainingBar } from './training-progress.ts'

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

it('shows steps and loss on a terminal, counting from where a run resumed', async () => {
  const { stream, text } = screen(true)
  const bar = await trainingBar('reward model', stream)
  bar.progress({ step: 640, steps: 1000, loss: 0.712345 })
  bar.stop()
  expect(text()).toContain('reward model')
  expect(text()).toContain('step 640 of 1000 · loss 0.7123')
  expect(text()).toContain('64 %')
})

it('is silent where there is no terminal, and can be stopped before it began', async () => {
  const { stream, text } = screen(false)
  const bar = await trainingBar('reward model', stream)
  bar.progress({ step: 1, steps: 2, loss: 1 })
  bar.stop()
  expect(text()).toBe('')
  const early = await trainingBar('reward model', screen(true).stream)
  early.stop()
})
