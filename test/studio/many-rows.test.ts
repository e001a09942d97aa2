/** A hundred thousand rows in the list of the Run page, scrolled in a browser. Needs Chromium. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, Studio, until, visit } from './browser.ts'
import { sampleRun } from './sample-run.ts'

describe.skipIf(chromiumPath === undefined)('100,000 rows', () => {
  let studio: Studio
  beforeAll(async () => {
    studio = await Studio.open([await sampleRun(100_000)], { checked: false })
  }, 120_000)
  afterAll(() => studio?.close())

  test('the list scrolls by wheel and by keyboard and holds few nodes', async () => {
    const { page, errors } = await studio.page('light')
    await visit(page, `${studio.server.address}/runs/smollm2-100000`)
    expect(await page.locator('.rows-panel h2').textContent()).toBe('100\u202f000 rows')
    const grid = page.getByRole('grid')
    await grid.scrollIntoViewIfNeeded()
    await page.evaluate(`
      window.frames_ = []; window.most_ = 0; let before = performance.now()
      const look = (now) => {
        window.frames_.push(now - before); before = now
        window.most_ = Math.max(window.most_, document.querySelectorAll('.row-line').length)
        requestAnimationFrame(look)
      }
      requestAnimationFrame(look)`)
    const box = (await grid.boundingBox())!
    await page.mouse.move(box.x + 200, box.y + 200)
    for (let turn = 0; turn < 150; turn++) {
      await page.mouse.wheel(0, 400)
      await new Promise((resolve) => setTimeout(resolve, 16))
    }
    await until(page, `document.querySelector('.rows-grid').scrollTop > 20000`)
    await grid.focus()
    for (let turn = 0; turn < 60; turn++) await page.keyboard.press('PageDown')
    await until(page, `document.querySelector('.row-line.selected:not(.row-head) .row-id') !== null`)
    const reached = await page.evaluate<number>(
      `Number(document.querySelector('.row-line.selected').getAttribute('aria-rowindex'))`,
    )
    expect(reached).toBeGreaterThan(600)

    const { frames, most } = await page.evaluate<{ frames: number[]; most: number }>(
      '({ frames: window.frames_, most: window.most_ })',
    )
    expect(most).toBeGreaterThan(10)
    expect(most).toBeLessThan(200)
    frames.sort((a, b) => a - b)
    const at = (share: number): string => `${frames[Math.floor(share * (frames.length - 1))]!.toFixed(1)} ms`
    console.log(
      `scrolling 100,000 rows: ${frames.length} frames, median ${at(0.5)}, 95 % ${at(0.95)}, 99 % ${at(0.99)}, longest ${at(1)}; at most ${most} row nodes`,
    )
    await grid.press('Home')
    await until(page, `document.querySelector('#row-0.selected .row-id') !== null`)
    expect(errors).toEqual([])
    await page.context().close()
  }, 120_000)
})
