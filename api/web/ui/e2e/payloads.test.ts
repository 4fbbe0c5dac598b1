import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { payloads } from './payloads'
import { World, type Person } from './world'

let world: World
let dialogs = 0
const ids: string[] = []

beforeAll(async () => {
  world = await World.start()
  for (const [i, words] of payloads.entries()) {
    const made = await world.as('supervisor', 'POST', '/campaigns/jm-2023/tasks', {
      code: `x-${i}`, region: '440703', subject: words, requirement: words, measures: [{ code: 'pool', name: words, kind: 'qualitative' }],
    })
    const id = (made.task ?? made).id
    ids.push(id)
    await world.as('pengjiang', 'POST', `/tasks/${id}/report`, { narrative: words, values: { pool: { verdict: 'on_schedule' } } })
    if (i % 4 === 0) await world.as('reviewer', 'POST', `/tasks/${id}/return`, { reason: words })
    if (i % 4 === 1) await world.as('reviewer', 'POST', `/tasks/${id}/flag`, { verdict: 'behind', reason: words, rectify_by: '2030-01-01' })
    if (i % 8 === 0) await world.as('pengjiang', 'PUT', `/tasks/${id}/draft`, { narrative: words })
    if (i < 40) await world.as('sysadmin', 'POST', '/users', { login: `x${i}.payload`, name: words.slice(0, 100), password: 'gully-marble-Kestrel-71' })
    if (i < 40) await world.as('sysadmin', 'POST', '/regions', { code: String(449900 + i), name: words.slice(0, 50) })
    if (i < 40) await world.as('auditor', 'POST', '/tokens', { label: words })
  }
}, 240_000)
afterAll(async () => {
  await world.end()
  expect(world.wrong).toEqual([]) // no refused source, no error of a script
})

async function watched(login: string): Promise<Person> {
  const person = await world.person(login)
  person.page.on('dialog', (d) => { dialogs++; void d.dismiss() })
  return person
}

async function harmless(page: Page, where: string): Promise<void> {
  await page.waitForLoadState('networkidle')
  expect(await page.evaluate(() => 'pwned' in window), where).toBe(false)
}

test('there are a hundred payloads, and one that was taken for markup would be noticed', async () => {
  expect(new Set(payloads).size).toBe(100)
  const { page, context } = await world.visitor()
  // Without the policy that the server sends, which would hold it back.
  await page.goto('about:blank')
  await page.evaluate((html) => { document.body.innerHTML = html }, payloads[0]!)
  await page.waitForFunction(() => 'pwned' in window)
  await context.close()
  // With it, the attempt itself is told.
  const second = await world.visitor()
  await second.page.goto('/app/sign-in')
  await second.page.locator('h1').waitFor()
  const before = world.wrong.length
  await second.page.evaluate((html) => { document.body.insertAdjacentHTML('beforeend', html) }, payloads[0]!)
  await expect.poll(() => world.wrong.length).toBeGreaterThan(before)
  expect(await second.page.evaluate(() => 'pwned' in window)).toBe(false)
  world.wrong.length = before
  await second.context.close()
})

const visits: Record<string, string[]> = {
  pengjiang: ['/mine', '/tasks', '/inbox', '/overdue', '/audit', '/account'],
  reviewer: ['/queue', '/tasks', '/inbox', '/account'],
  supervisor: ['/dashboard', '/lag-table', '/tasks', '/inbox', '/campaigns', '/overdue'],
  auditor: ['/audit', '/audit?name=report', '/audit?name=user.create', '/accounts', '/account', '/overdue', '/tasks'],
  sysadmin: ['/accounts', '/accounts/x0.payload', '/regions', '/access'],
  secadmin: ['/accounts', '/accounts/x1.payload'],
}
test.each(Object.entries(visits))('nothing typed is carried out on the pages of %s', async (login, paths) => {
  const { page } = await watched(login)
  for (const path of paths) {
    await page.goto('/app' + path)
    await harmless(page, `${login} ${path}`)
  }
  expect(dialogs).toBe(0)
}, 180_000)

test('each is shown as the text that it is, on the task, its report form, its review and its timeline', async () => {
  const { page } = await watched('reviewer')
  for (const [i, id] of ids.entries()) {
    await page.goto(`/app/tasks/${id}`)
    await page.locator('h1').waitFor()
    expect(await page.locator('h1').textContent()).toBe(payloads[i])
    await page.locator('p.text').first().waitFor()
    expect(await page.evaluate(() => 'pwned' in window), `task ${i}`).toBe(false)
    if (i % 10 === 2) {
      await page.goto(`/app/review/${id}`)
      await harmless(page, `review ${i}`)
    }
    if (i % 10 < 2) {
      await page.goto(`/app/tasks/${id}/timeline`)
      await page.locator('.story li').first().waitFor()
      await harmless(page, `timeline ${i}`)
    }
  }
  const reporter = await watched('pengjiang')
  for (const id of ids.filter((_, i) => i % 8 === 0)) {
    await reporter.page.goto(`/app/tasks/${id}/report`)
    await harmless(reporter.page, `report ${id}`)
  }
  expect(dialogs).toBe(0)
}, 240_000)
