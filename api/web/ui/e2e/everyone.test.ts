import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'acorn'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessible, picture, World } from './world'

const assets = resolve(import.meta.dirname, '../../dist/assets')
let world: World
beforeAll(async () => { world = await World.start() })
afterAll(async () => {
  await world.end()
  expect(world.wrong).toEqual([])
})

test('messages are counted, read and marked; a task is found from the bar', async () => {
  const { page } = await world.person('pengjiang')
  await page.getByRole('link', { name: /消息/ }).click()
  await page.locator('.messages li').first().waitFor()
  await accessible(page, 'messages')
  await picture(page, 'messages')
  await page.getByRole('button', { name: '全部标为已读' }).click()
  await page.getByRole('button', { name: '全部标为已读' }).waitFor({ state: 'hidden' })
  expect(await page.locator('.messages .unread').count()).toBe(0)
  await page.getByRole('searchbox', { name: '搜索任务' }).fill('440703-S3')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/app/tasks?q=440703-S3')
  await page.getByRole('row', { name: /440703-S3/ }).waitFor()
})

test('a lost connection is told, and the page goes on when it is back', async () => {
  const { page } = await world.person('supervisor')
  await page.goto('/app/workflow')
  await page.locator('svg.workflow').waitFor()
  await page.context().setOffline(true)
  await page.getByText('连接已断开').waitFor()
  await accessible(page, 'connection lost')
  await page.context().setOffline(false)
  await page.getByText('连接已断开').waitFor({ state: 'hidden' })
})

test('one is warned before the session ends', async () => {
  const visitor = await world.visitor()
  // The server says how long an idle session lasts; here the page believes it is nearly over.
  await visitor.page.clock.install()
  await visitor.page.goto('/app/sign-in')
  await world.signIn(visitor.page, 'supervisor')
  await visitor.page.waitForURL((url) => !url.pathname.endsWith('/sign-in'))
  await visitor.page.goto('/app/workflow')
  await visitor.page.locator('svg.workflow').waitFor()
  await visitor.page.clock.fastForward('56:30')
  await visitor.page.getByText('因闲置结束').waitFor()
  await visitor.page.getByRole('button', { name: '继续使用' }).click()
  await visitor.page.getByText('因闲置结束').waitFor({ state: 'hidden' })
})

test('on paper a list is a table without what surrounds it, however narrow the paper', async () => {
  const { page, context } = await world.person('supervisor', { width: 690 })
  await page.goto('/app/tasks')
  const head = page.getByRole('columnheader', { name: '主要任务' })
  await page.getByRole('row', { name: /440703-01/ }).waitFor()
  expect((await head.boundingBox())?.x ?? -1, 'a narrow screen has no head').toBeLessThan(0)
  await page.emulateMedia({ media: 'print' })
  expect((await head.boundingBox())!.x).toBeGreaterThan(0)
  expect(await page.getByRole('navigation').first().isVisible()).toBe(false)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(690)
  await context.close()
})

test('the pages of all these tests run without what Chromium 86 lacks', async () => {
  const { page, context } = await world.visitor()
  await page.goto('/app/sign-in')
  await page.locator('h1').waitFor()
  const there = await page.evaluate(() => ['randomUUID' in crypto, 'structuredClone' in window, 'toSorted' in [], 'inert' in document.body, 'map' in [][Symbol.iterator](), 'any' in AbortSignal])
  expect(there).toEqual(there.map(() => false))
  // What our libraries need of it, the page brings along.
  expect(await page.evaluate(() => ['a'].at(-1))).toBe('a')
  await context.close()
})

test('scripts and styles have nothing that Chromium 86 cannot read', () => {
  const scripts = readdirSync(assets).filter((n) => n.endsWith('.js'))
  expect(scripts.length).toBeGreaterThan(10)
  for (const name of scripts) {
    const script = readFileSync(resolve(assets, name), 'utf8')
    modern(script, name)
    expect(script, name).not.toContain('checkVisibility') // see chromium86.ts
  }
  expect(() => modern('class A { static { f() } }', 'x')).toThrow()
  expect(() => modern('class A { #x; f(o) { return #x in o } }', 'x')).toThrow()
  for (const name of readdirSync(assets).filter((n) => n.endsWith('.css'))) {
    const css = readFileSync(resolve(assets, name), 'utf8')
    expect(css.match(/:(?:is|where|has)\(|(?:^|[{;])(?:inset|aspect-ratio):|@(?:layer|container)\b/)?.[0], name).toBeUndefined()
  }
})

// ES2021 is what Chromium 86 reads, but for class fields and private methods, which it has too.
function modern(text: string, name: string): void {
  try {
    parse(text, { ecmaVersion: 2021, sourceType: 'module' })
  } catch (cause) {
    throw new Error(`${name}: ${(cause as Error).message}`)
  }
}

test('the first visit of the task list takes at most 250 KiB of script and style', async () => {
  const visitor = await world.visitor()
  await visitor.page.goto('/app/sign-in')
  await world.signIn(visitor.page, 'auditor')
  await visitor.page.waitForURL((url) => !url.pathname.endsWith('/sign-in'))
  const state = await visitor.context.storageState()
  await visitor.context.close()
  const fresh = await world.visitor()
  await fresh.context.addCookies(state.cookies)
  const line = await fresh.context.newCDPSession(fresh.page)
  await line.send('Network.enable')
  const kinds = new Map<string, string>()
  let bytes = 0
  line.on('Network.responseReceived', (e) => { kinds.set(e.requestId, e.type) })
  line.on('Network.loadingFinished', (e) => { if (['Script', 'Stylesheet'].includes(kinds.get(e.requestId) ?? '')) bytes += e.encodedDataLength })
  await fresh.page.goto('/app/tasks')
  await fresh.page.getByRole('row').nth(1).waitFor()
  await fresh.page.waitForLoadState('networkidle')
  console.info(`first visit of the task list: ${(bytes / 1024).toFixed(1)} KiB of script and style`)
  expect(bytes).toBeGreaterThan(20 * 1024)
  expect(bytes).toBeLessThanOrEqual(250 * 1024)
})
