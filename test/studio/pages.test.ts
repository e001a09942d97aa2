/** Every page of the studio in a browser: both themes, two widths, keyboard, live stream. Needs Chromium. */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, Studio, screenshot, settled, until, violations, visit } from './browser.ts'
import { sampleRun } from './sample-run.ts'
import { sampleServer } from './sample-server.ts'

const run = 'smollm2-arithmetic'
/** a row with a \boxed answer, one without a reward, one that holds unseen characters */
const pages = {
  now: '/',
  run: `/runs/${run}`,
  range: `/runs/${run}?from=10&to=30&rows=worst`,
  anatomy: `/runs/${run}/anatomy`,
  groups: `/runs/${run}/groups?filter=spread`,
  row: `/runs/${run}/rows/100`,
} as const

describe.skipIf(chromiumPath === undefined)('the studio in a browser', () => {
  let studio: Studio
  const at = (path: string): string => studio.server.address + path

  beforeAll(async () => {
    studio = await Studio.open([await sampleRun(), await sampleRun(0)], { checked: true })
  }, 120_000)
  afterAll(() => studio?.close())

  describe.each(['light', 'dark'] as const)('%s', (theme) => {
    test.each(Object.entries(pages))(
      'page %s: no errors, nothing that axe finds wrong',
      async (name, path) => {
        const { page, errors } = await studio.page(theme)
        await visit(page, at(path))
        await screenshot(page, `${name}-${theme}`)
        expect(await violations(page)).toEqual([])
        expect(errors).toEqual([])
        await page.context().close()
      },
      60_000,
    )
  })

  test.each(Object.entries(pages))('page %s fits a window of 900 pixels', async (name, path) => {
    const { page } = await studio.page('light', 900)
    await visit(page, at(path))
    await screenshot(page, `${name}-narrow`)
    const width = await page.evaluate<number>('document.documentElement.scrollWidth')
    expect(width).toBeLessThanOrEqual(900)
    await page.context().close()
  })

  test('all by keyboard: pages, search, rows, help, pause', async () => {
    const { page } = await studio.page('light')
    await visit(page, at('/'))
    const path = (): string => new URL(page.url()).pathname
    await page.keyboard.press('g')
    await page.keyboard.press('r')
    await page.waitForURL(`**/runs/${run}`)
    await page.keyboard.press('g')
    await page.keyboard.press('a')
    await page.waitForURL('**/anatomy')
    await page.keyboard.press('g')
    await page.keyboard.press('g')
    await page.waitForURL('**/groups')
    await page.keyboard.press('/')
    await until(page, `document.activeElement?.id === 'row-search'`)
    expect(path()).toBe(`/runs/${run}`)
    await page.keyboard.type('boxed{74}')
    await page.waitForURL('**text=boxed*')
    await settled(page)
    expect(await page.locator('.rows-panel h2').textContent()).toMatch(/^\d+ rows?$/)

    await page.keyboard.press('Escape')
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    await until(page, `document.querySelector('.row-line.selected')?.id === 'row-0'`)
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/rows/*')
    await settled(page)
    await page.goBack()
    await until(page, `document.querySelector('.row-line.selected')?.id === 'row-1'`)
    await page.goForward()
    await page.waitForURL('**/rows/*')
    await settled(page)

    await page.keyboard.press('?')
    expect(await page.locator('dialog[open]').count()).toBe(1)
    await page.keyboard.press('Escape')
    expect(await page.locator('dialog[open]').count()).toBe(0)

    await page.evaluate('document.activeElement.blur()')
    await page.keyboard.press(' ')
    await page.getByRole('button', { name: 'Resume' }).waitFor()
    await page.keyboard.press('g')
    await page.keyboard.press('n')
    await page.waitForURL(at('/'))
    await page.context().close()
  })

  test('the skip link is the first stop and leads to the content', async () => {
    const { page } = await studio.page('light')
    await visit(page, at('/'))
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.className')).toBe('skip')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('content')
    await page.context().close()
  })

  test('dragging over a chart narrows everything below; the address and the fields say it', async () => {
    const { page } = await studio.page('light')
    await visit(page, at(`/runs/${run}`))
    const before = await page.locator('.rows-panel h2').textContent()
    const box = (await page.locator('.brush').first().boundingBox())!
    await page.mouse.move(box.x + box.width * 0.3, box.y + 60)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 5 })
    await page.mouse.up()
    await page.waitForURL(/from=\d+&to=\d+/)
    await settled(page)
    const query = new URL(page.url()).searchParams
    expect(Number(query.get('from'))).toBeLessThan(Number(query.get('to')))
    expect(await page.getByLabel('first step').inputValue()).toBe(query.get('from'))
    await until(page, `document.querySelector('.rows-panel h2')?.textContent !== ${JSON.stringify(before)}`)
    await page.goBack()
    await settled(page)
    expect(new URL(page.url()).search).toBe('')
    await page.context().close()
  })

  test('new batches are announced and change no row until the person asks; a cut stream comes back', async () => {
    const { page } = await studio.page('light')
    await visit(page, at(`/runs/${run}`))
    await until(page, `document.querySelector('.live-state')?.textContent === 'live'`)
    const first = await page.locator('#row-0 .row-id').textContent()
    const batch = { run, batches: 12, rows: 96, totalRows: 2096, lastStep: 50, meanReward: 0.4, invalid: 0 }
    studio.server.publish('batch', batch)
    const show = page.getByRole('button', { name: '12 new batches — show' })
    await show.waitFor()
    expect(await page.locator('#row-0 .row-id').textContent()).toBe(first)
    await show.click()
    await show.waitFor({ state: 'detached' })

    studio.server.cut()
    await until(page, `document.querySelector('.live-state')?.textContent.includes('lost')`)
    await until(page, `document.querySelector('.live-state')?.textContent === 'live'`)
    await page.context().close()
  })

  test('texts of a policy are text: markup does nothing, unseen characters are seen, long ones are folded', async () => {
    const { page, errors } = await studio.page('dark')
    const scripted = await find(page, '<script>')
    await visit(page, scripted)
    expect(await page.title()).not.toBe('broken')
    expect(await page.locator('section[aria-label="Completion"] img').count()).toBe(0)
    await visit(page, await find(page, '{dexob'))
    const text = await page.locator('section[aria-label="Completion"] .rollout-text').textContent()
    expect(text).toContain('\\u{202e}')
    expect(text).not.toContain('\u202e')
    await screenshot(page, 'unseen-characters-dark')
    await visit(page, await find(page, 'so so so so'))
    const folded = (await page.locator('section[aria-label="Completion"] .rollout-text').textContent())!
    expect(folded.length).toBeLessThan(5000)
    expect(folded).toContain('\\boxed{4}')
    await page.getByRole('button', { name: /^Show all/ }).click()
    const whole = (await page.locator('section[aria-label="Completion"] .rollout-text').textContent())!
    expect(whole.length).toBeGreaterThan(20_000)
    expect(errors).toEqual([])
    await page.context().close()
  })

  test('figures leave as SVG and PNG with their caption, numbers as CSV', async () => {
    const { page } = await studio.page('light')
    await visit(page, at(`/runs/${run}`))
    const saved = async (label: string): Promise<Buffer> => {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: label, exact: true }).first().click(),
      ])
      return readFile(await download.path())
    }
    const svg = (await saved('Save reward over steps as SVG')).toString()
    expect(svg).toMatch(/^<svg/)
    expect(svg).toContain('mean and 10–90 % band')
    expect(svg).not.toContain('var(--')
    const png = await saved('Save reward over steps as PNG')
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    expect(png.length).toBeGreaterThan(5000)
    const csv = (await saved('Save the numbers of reward over steps as CSV')).toString().split('\r\n')
    expect(csv[0]).toBe('step,mean,quantile 0.1,quantile 0.9,rows')
    expect(csv).toHaveLength(52)
    await page.context().close()
  })

  test('what is not there is said in the server’s sentence', async () => {
    const { page } = await studio.page('light')
    await visit(page, at('/runs/absent'))
    expect(await page.locator('[role="alert"]').textContent()).toContain('There is no such run')
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  test('an empty run and an empty server teach the command that fills them', async () => {
    const { page } = await studio.page('light')
    await visit(page, at('/runs/smollm2-0/anatomy'))
    expect(await page.locator('.command code').textContent()).toContain('/v1/rewards')
    expect(await violations(page)).toEqual([])
    const empty = await sampleServer({ runs: [], folder: `${studio.folder}/studio` })
    await visit(page, empty.address)
    expect(await page.locator('.command code').textContent()).toMatch(/^guerdon serve /)
    expect(await violations(page)).toEqual([])
    await page.context().close()
    await empty.close()
  })

  /** address of the first row whose text contains something */
  async function find(page: import('playwright-core').Page, text: string): Promise<string> {
    const answer = await page.request.get(at(`/studio/api/runs/${run}/rows?text=${encodeURIComponent(text)}`))
    const { rows } = (await answer.json()) as { rows: { sequence: number }[] }
    return at(`/runs/${run}/rows/${rows[0]!.sequence}`)
  }
})
