/** The studio on what `guerdon serve` really answers: batches sent while the pages are open. Needs Chromium. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ServeProcess } from '../server/serve-process.ts'
import { chromiumPath, Studio, screenshot, settled, until, violations, visit } from './browser.ts'

const examples = resolve(import.meta.dirname, '../../examples')
const run = 'served'

describe.skipIf(chromiumPath === undefined)('the studio of a running server', () => {
  let studio: Studio
  let server: ServeProcess
  const rows = readFileSync(join(examples, 'data/rollouts.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line, index) => {
      const row = JSON.parse(line)
      if (index % 50 === 7) delete row.reference
      return row
    })
  const send = async (step: number): Promise<void> => {
    const response = await server.post('/v1/rewards', { step, rows: rows.slice(step * 40, step * 40 + 40) })
    expect(response.status, await response.text()).toBe(200)
  }

  beforeAll(async () => {
    studio = await Studio.open([], { checked: true })
    server = await ServeProcess.start([
      join(examples, 'specs/arithmetic.yaml'),
      ...['--port', '0', '--run', run, '--held-back', 'difficulty'],
      ...['--store', join(studio.folder, 'served.sqlite'), '--studio', join(studio.folder, 'studio')],
    ])
    for (let step = 0; step < 12; step++) await send(step)
  }, 120_000)
  afterAll(async () => {
    await server?.kill('SIGTERM')
    await studio?.close()
  })

  test.each([
    ['now', '/'],
    ['run', `/runs/${run}?from=2&to=8`],
    ['anatomy', `/runs/${run}/anatomy`],
    ['groups', `/runs/${run}/groups?filter=disagreement`],
    ['row', `/runs/${run}/rows/0`],
    ['invalid row', `/runs/${run}/rows/7`],
    ['group', `/runs/${run}/groups/p000?step=0`],
  ])('page %s: no errors, nothing that axe finds wrong', async (name, path) => {
    const { page, errors } = await studio.page('light')
    await visit(page, server.url + path)
    await screenshot(page, `served-${name.replace(' ', '-')}`)
    expect(await page.locator('[role="alert"]').count()).toBe(0)
    expect(await violations(page)).toEqual([])
    expect(errors).toEqual([])
    await page.context().close()
  })

  test('a batch that is scored while a page is open is announced, then shown', async () => {
    const { page, errors } = await studio.page('light')
    await visit(page, `${server.url}/runs/${run}`)
    await until(page, `document.querySelector('.live-state')?.textContent === 'live'`)
    const before = await page.locator('.rows-panel h2').textContent()
    await send(12)
    const show = page.getByRole('button', { name: /new batch.* — show/ })
    await show.waitFor()
    expect(await page.locator('.rows-panel h2').textContent()).toBe(before)
    await show.click()
    await until(page, `document.querySelector('.rows-panel h2')?.textContent === '520 rows'`)
    await settled(page)
    expect(await page.locator('#row-0 .number').first().textContent()).toBe('12')
    expect(errors).toEqual([])
    await page.context().close()
  })
})
