// A world of its own for each file of tests: the real program on a fresh SQLite with
// the demo campaign, and Debian's Chromium, of which the shell without windows is
// enough, and a third faster.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import { closeSync, openSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { lackedByChromium86, withoutWhatChromium86Lacks } from './chromium86'

const binary = process.env.DUBAN_BINARY ?? resolve(import.meta.dirname, '../../../../bin/duban')
const browserBinary = process.env.DUBAN_CHROMIUM ?? '/usr/bin/chromium-headless-shell'
/** Whether the browser is too old to tell of downloads. */
const old = process.env.DUBAN_DRIVER !== undefined
const axe = readFileSync(resolve(import.meta.dirname, '../node_modules/axe-core/axe.min.js'), 'utf8')

export interface Person { page: Page; context: BrowserContext; login: string }

/** What a test sets of the server's configuration, which may name the server's own address. */
export type Settings = (url: string) => NodeJS.ProcessEnv | Promise<NodeJS.ProcessEnv>

/** How somebody comes to the page; url is another way there than straight to the server. */
interface Visit { width?: number; height?: number; language?: string; url?: string }

export class World {
  readonly url: string
  readonly passwords: Record<string, string> = {}
  readonly folder: string
  readonly port: number
  /** What went wrong in any page: errors of scripts, refused sources. */
  readonly wrong: string[] = []
  private readonly tokens: Record<string, string> = {}
  private settings: NodeJS.ProcessEnv = {}
  private server?: ChildProcess
  private stopping = false
  private browser?: Browser

  private constructor(folder: string, port: number) {
    this.folder = folder
    this.port = port
    this.url = `http://127.0.0.1:${port}`
  }

  static async start(settings?: Settings): Promise<World> {
    const world = new World(mkdtempSync(join(tmpdir(), 'duban-e2e-')), await freePort())
    if (settings) world.settings = await settings(world.url)
    for (const found of world.duban('demo').matchAll(/^\s+(\S+)\s+([0-9a-z-]{19})\s/gm)) world.passwords[found[1]!] = found[2]!
    await world.serve()
    world.browser = await chromium.launch({ executablePath: browserBinary, args: ['--no-sandbox', '--disable-dev-shm-usage', '--lang=zh-CN'], env: { ...process.env, LANGUAGE: 'zh_CN' } as Record<string, string> })
    return world
  }

  private environment(): NodeJS.ProcessEnv {
    return { ...process.env, ...this.settings, DUBAN_DATA_DIR: this.folder, DUBAN_LANG: 'zh' }
  }

  /** Starts the server, also again after stop(). */
  async serve(): Promise<void> {
    this.stopping = false
    const log = join(this.folder, 'serve.log')
    const file = openSync(log, 'a')
    const server = this.server = spawn(binary, ['serve'], { env: { ...this.environment(), DUBAN_LISTEN: `127.0.0.1:${this.port}` }, stdio: ['ignore', file, file] })
    closeSync(file)
    server.once('exit', (code, signal) => {
      if (!this.stopping) this.wrong.push(`the server ended by itself (${code ?? signal}): ${readFileSync(log, 'utf8').slice(-4000)}`)
    })
    for (let i = 0; i < 200; i++) {
      const ready = await fetch(this.url + '/readyz').then((r) => r.ok, () => false)
      if (ready) return
      await new Promise((later) => setTimeout(later, 50))
    }
    throw new Error('the server did not become ready')
  }

  /** Stops the server, as a lost connection looks to a page. */
  async stop(): Promise<void> {
    const server = this.server
    if (!server || server.exitCode !== null) return
    this.stopping = true
    const gone = new Promise((done) => server.once('exit', done))
    server.kill('SIGTERM')
    await gone
  }

  /** Runs the command line on the same data. */
  duban(...args: string[]): string {
    return execFileSync(binary, args, { env: this.environment(), encoding: 'utf8' })
  }

  /** Calls the API as a person, for what a test begins with. */
  async as(login: string, method: string, path: string, body?: unknown): Promise<any> {
    this.tokens[login] ??= this.duban('user', 'token', login).trim().split(/\s+/).pop()!
    const bytes = body instanceof Uint8Array
    const response = await fetch(this.url + '/api/v1' + path, {
      method, headers: { Authorization: `Bearer ${this.tokens[login]}`, 'Content-Type': bytes ? 'application/octet-stream' : 'application/json' },
      body: body === undefined || bytes ? body as BodyInit | undefined : JSON.stringify(body),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} as ${login}: ${response.status} ${text}`)
    return text ? JSON.parse(text) : undefined
  }

  /** Reports on a task of the demo again, with the figures of its last report. */
  async report(login: string, code: string, narrative: string): Promise<string> {
    const task = (await this.as(login, 'GET', `/tasks?q=${code}`)).items[0]
    const last = (await this.as(login, 'GET', `/tasks/${task.id}/reports`)).items.at(-1)
    await this.as(login, 'POST', `/tasks/${task.id}/report`, { narrative, values: last?.values ?? { dredging: { at_cutoff: '6' }, sludge: { verdict: 'on_schedule' } } })
    return task.id
  }

  /** An empty browser of one's own, with every fault of its pages noted in wrong. */
  async visitor(options: Visit = {}): Promise<Person> {
    const context = await this.browser!.newContext({
      baseURL: options.url ?? this.url, locale: options.language ?? 'zh-CN', viewport: { width: options.width ?? 1366, height: options.height ?? 768 }, acceptDownloads: true,
    })
    context.on('page', (page) => this.note(page))
    await context.addInitScript(withoutWhatChromium86Lacks, lackedByChromium86)
    if (old) await context.addInitScript(keepDownloads)
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI} ${e.sample}`))
    })
    return { page: await context.newPage(), context, login: '' }
  }

  private note(page: Page): void {
    page.on('pageerror', (e) => this.wrong.push(`${page.url()}: ${e.message}`))
    page.on('console', (m) => {
      const text = m.text()
      if (m.type() === 'error' && !text.startsWith('Failed to load resource')) this.wrong.push(`${page.url()}: ${text}`)
      if (m.type() === 'warning' && text.startsWith('[Vue')) this.wrong.push(`${page.url()}: ${text}`)
    })
  }

  /** A person of the demo, signed in through the page. */
  async person(login: string, options: Visit = {}): Promise<Person> {
    const visitor = await this.visitor(options)
    await visitor.page.goto('/app/sign-in')
    await this.signIn(visitor.page, login)
    await visitor.page.waitForURL((url) => !url.pathname.endsWith('/sign-in'))
    return { ...visitor, login }
  }

  async signIn(page: Page, login: string): Promise<void> {
    await page.locator('input[name=login]').fill(login)
    await page.locator('input[name=password]').fill(this.passwords[login]!)
    await page.locator('button[type=submit]').click()
  }

  async end(): Promise<void> {
    await this.browser?.close()
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/**
 * Fails on any violation of WCAG 2.1 AA that axe finds in what is open now. A dialog is
 * looked at on a phone too, where all of it must be within reach.
 */
export async function accessible(page: Page, where: string): Promise<void> {
  await violations(page, where)
  const [dialog, size] = [page.locator('[role=dialog]:visible').last(), page.viewportSize()!]
  if (size.width <= 390 || (await dialog.count()) === 0) return
  await page.setViewportSize({ width: 390, height: 844 })
  await violations(page, `${where} on a phone`)
  const wide = await dialog.evaluate((d) => [d, ...d.querySelectorAll<HTMLElement>('button, input, textarea, select, table, p')].filter((e) => {
    const box = e.getBoundingClientRect()
    return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1)
  }).map((e) => e.outerHTML.slice(0, 120)))
  expect(wide, `${where} on a phone is wider than it`).toEqual([])
  await page.setViewportSize(size)
}

async function violations(page: Page, where: string): Promise<void> {
  // Things that fade in have their colour only at the end.
  await page.evaluate(() => Promise.all(document.getAnimations().filter((a) => a.effect?.getComputedTiming().iterations !== Infinity).map((a) => a.finished.catch(() => null))))
  // By evaluation, which the page's policy does not hold back, unlike a script element.
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const run = (window as unknown as { axe: { run(o: object): Promise<{ violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[] }> } }).axe
    const result = await run.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations'] })
    return result.violations.map((v) => `${v.id}: ${v.help}\n  ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200) + '\n  ' + n.failureSummary).join('\n  ')}`)
  })
  expect(found, `axe on ${where}`).toEqual([])
}

export async function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const probe = createServer()
    probe.once('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address ? done(address.port) : failed(new Error('no port'))))
    })
  })
}

/** With DUBAN_PICTURES=folder, keeps a picture of the page as it is. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.DUBAN_PICTURES
  if (folder) await page.screenshot({ path: join(folder, name + '.png') })
}

/** What a click makes the browser download: its name and content. */
export async function downloaded(page: Page, click: () => Promise<void>): Promise<{ name: string; content: Buffer }> {
  if (!old) {
    const [file] = await Promise.all([page.waitForEvent('download'), click()])
    return { name: file.suggestedFilename(), content: readFileSync(await file.path()) }
  }
  await click()
  const kept = await page.waitForFunction(() => (window as unknown as Kept).downloads?.shift())
  const { name, bytes } = (await kept.jsonValue()) as { name: string; bytes: number[] }
  return { name, content: Buffer.from(bytes) }
}

interface Kept { downloads?: { name: string; bytes: number[] }[] }

/** Notes what links give to the downloads, which Chromium 86 does not tell its driver. */
function keepDownloads(): void {
  const made = new Map<string, Blob>()
  const make = URL.createObjectURL
  URL.createObjectURL = (of: Blob) => {
    const url = make(of)
    made.set(url, of)
    return url
  }
  const follow = HTMLAnchorElement.prototype.click
  HTMLAnchorElement.prototype.click = function () {
    const [name, blob] = [this.download, made.get(this.href)]
    if (!blob) return follow.call(this)
    void blob.arrayBuffer().then((b) => { ((window as unknown as Kept).downloads ??= []).push({ name, bytes: [...new Uint8Array(b)] }) })
  }
}
