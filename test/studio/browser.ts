/** A studio in a real browser: built from source into a temporary folder, served with sample runs, opened in Chromium. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import type { SampleRun } from './sample-run.ts'
import { type SampleServer, sampleServer } from './sample-server.ts'

const wanted = process.env.GUERDON_CHROMIUM ?? 'chromium'

/** Path of Chromium, or undefined where there is none. */
export const chromiumPath: string | undefined = (() => {
  try {
    return execFileSync('which', [wanted], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
})()

export type Theme = 'light' | 'dark'

export class Studio {
  readonly server: SampleServer
  /** holds the built studio and the browsers' profiles */
  readonly folder: string
  readonly #contexts: BrowserContext[] = []

  private constructor(server: SampleServer, folder: string) {
    this.server = server
    this.folder = folder
  }

  /** `checked`: React's development build, whose complaints come out as console errors; else what ships. */
  static async open(runs: readonly SampleRun[], { checked }: { checked: boolean }): Promise<Studio> {
    const folder = await mkdtemp(join(tmpdir(), 'guerdon-studio-'))
    const before = process.env.NODE_ENV
    process.env.NODE_ENV = checked ? 'development' : 'production'
    await build({
      configFile: fileURLToPath(new URL('../../studio/vite.config.ts', import.meta.url)),
      logLevel: 'error',
      build: { outDir: join(folder, 'studio') },
    })
    process.env.NODE_ENV = before
    return new Studio(await sampleServer({ runs, folder: join(folder, 'studio') }), folder)
  }

  /** A fresh page; what its console calls an error is gathered in `errors`. */
  async page(theme: Theme, width = 1440): Promise<{ page: Page; errors: string[] }> {
    const profile = await mkdtemp(join(this.folder, 'profile-'))
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumPath!,
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
      viewport: { width, height: 900 },
      colorScheme: theme,
      acceptDownloads: true,
    })
    this.#contexts.push(context)
    const page = context.pages()[0] ?? (await context.newPage())
    const errors: string[] = []
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
    page.on('pageerror', (error) => errors.push(String(error)))
    return { page, errors }
  }

  async close(): Promise<void> {
    for (const context of this.#contexts) await context.close()
    await this.server.close()
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Opens an address and waits until nothing is loading and every chart is drawn. */
export async function visit(page: Page, address: string): Promise<void> {
  await page.goto(address)
  await settled(page)
}

export async function settled(page: Page): Promise<void> {
  await until(
    page,
    `document.querySelector('main') !== null &&
      document.querySelector('.skeleton, [aria-busy="true"]') === null &&
      [...document.querySelectorAll('.figure-place > div:first-child')].every((place) => place.childElementCount > 0)`,
  )
}

/**
 * Waits until an expression is true in the page. (Playwright's own waiting evaluates inside the page, which the
 * content security policy forbids, as it should.)
 */
export async function until(page: Page, expression: string): Promise<void> {
  const end = Date.now() + 20_000
  while (!(await page.evaluate<boolean>(expression))) {
    if (Date.now() > end) throw new Error(`never came true on ${page.url()}: ${expression}`)
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds wrong on a page, one line a violation. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const found = await page.evaluate<{ id: string; nodes: { target: string[]; failureSummary: string }[] }[]>(
    'axe.run(document).then((result) => result.violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ target, failureSummary }) => ({ target, failureSummary })) })))',
  )
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  )
}

/** A picture of the whole page, cut where a long list would make it endless. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = fileURLToPath(new URL('../out/screenshots/', import.meta.url))
  await mkdir(folder, { recursive: true })
  const height = await page.evaluate<number>('document.documentElement.scrollHeight')
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: height < 4000 })
}
