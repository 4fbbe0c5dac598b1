import { writeFileSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fields, fileNames, payloads, text, texts, type Field } from './payloads'
import { each, h1, seed, upload } from './payloadworld'
import { unpack } from './workbook'
import { World, type Person } from './world'

// Whatever people typed is shown as the text that it is, in every view: none of it is
// carried out, and the page's policy has nothing to hold back.
let world: World
let ids: string[] = []
let dialogs = 0
const seen = Object.fromEntries(Object.keys(fields).map((f) => [f, new Set<string>()])) as Record<Field, Set<string>>

beforeAll(async () => {
  world = await World.start()
  ids = await seed(world)
}, 180_000)
afterAll(async () => {
  await world.end()
  expect(world.wrong).toEqual([]) // no refused source, no error of a script
  expect(dialogs).toBe(0)
})

function noteDialogs(page: Page): void {
  page.on('dialog', (d) => { dialogs++; void d.dismiss() })
}

async function watched(login: string): Promise<Person> {
  const person = await world.person(login)
  noteDialogs(person.page)
  return person
}

/** What a reader sees: the text, and what stands in controls. */
function visible(): string {
  const controls = [...document.querySelectorAll<HTMLInputElement>('textarea, input')].map((e) => e.value)
  return [document.body.innerText, ...controls, ...[...document.querySelectorAll('option')].map((o) => o.text)].join('\n')
}

/** Waits until a view shows a text of each of the fields, and fails where one was carried out. */
async function shows(page: Page, where: string, wanted: readonly Field[], words: readonly string[] = []): Promise<void> {
  await expect.poll(async () => {
    const shown = await page.evaluate(visible)
    for (const field of Object.keys(fields) as Field[]) for (const one of texts[field]) if (shown.includes(one)) seen[field].add(one)
    return [...wanted.filter((f) => !texts[f].some((one) => shown.includes(one))), ...words.filter((w) => !shown.includes(w))]
  }, { timeout: 20_000, message: `${where} does not show` }).toEqual([])
  expect(await page.evaluate(() => 'pwned' in window), where).toBe(false)
}

test('there are a hundred payloads, and one that was taken for markup would be noticed', async () => {
  expect(new Set(payloads).size).toBe(100)
  const { page, context } = await world.visitor()
  // Without the policy that the server sends, which would hold it back.
  await page.goto('about:blank')
  await page.evaluate((html) => { document.body.innerHTML = html }, text('title', 0))
  await page.waitForFunction(() => 'pwned' in window)
  await context.close()
  // With it, the attempt itself is told.
  const second = await world.visitor()
  await second.page.goto('/app/sign-in')
  await second.page.locator('h1').waitFor()
  const before = world.wrong.length
  await second.page.evaluate((html) => { document.body.insertAdjacentHTML('beforeend', html) }, text('title', 0))
  await expect.poll(() => world.wrong.length).toBeGreaterThan(before)
  expect(await second.page.evaluate(() => 'pwned' in window)).toBe(false)
  world.wrong.length = before
  await second.context.close()
})

const of = 'campaign=x-2023'
const inTask = ['label', 'region', 'person', 'subject', 'requirement', 'measure', 'unit', 'total', 'station', 'stage', 'narrative', 'returned', 'override', 'flag'] as const
const inForm = ['label', 'subject', 'measure', 'unit', 'total', 'station', 'stage'] as const
const inTable = ['title', 'label', 'region', 'subject', 'requirement', 'narrative', 'edited', 'edit'] as const
const inInbox = ['region', 'subject', 'flag', 'rejected', 'confirmed'] as const
const files = [fileNames[0]!]
const visits: Record<string, [path: string, fields: readonly Field[], words?: readonly string[]][]> = {
  pengjiang: [
    ['/mine', ['label', 'subject', 'flag', 'rejected']], ['/tasks/{3}/report', [...inForm, 'draft', 'flag']], ['/tasks/{5}/report', [...inForm, 'narrative', 'rejected']],
    ['/workbook', ['title']], ['/inbox', [...inInbox, 'returned', 'override', 'closed', 'cancelled']], ['/account', ['region', 'person']], [`/lag-table?${of}`, [...inTable, 'person']],
  ],
  reviewer: [
    ['/queue', ['title', 'label', 'region', 'subject']], ['/review/{0}', inTask, files], ['/review/{44}', inTask], ['/tasks', ['title', 'label', 'region', 'subject']],
    ['/inbox', ['region', 'person', 'subject', 'withdrawn']], ['/overdue', ['title', 'region']],
  ],
  supervisor: [
    [`/dashboard?${of}`, ['title', 'label', 'region', 'measure', 'unit']], [`/lag-table?${of}&edition=1`, inTable], ['/campaigns', ['title', 'label']], ['/campaigns/x-2023/assign', ['title', 'region']],
    ['/campaigns/x-2023/setup', ['title', 'label', 'region']], ['/campaigns/new', ['region']], ['/inbox', inInbox],
  ],
  auditor: [['/audit?name=report', ['title', 'region', 'person', 'subject']], ['/account', ['token']], ['/tasks/{0}/timeline', ['person', 'subject', 'requirement', 'measure', 'station', 'stage', 'narrative', 'withdrawn', 'returned', 'override', 'flag'], files]],
  sysadmin: [['/accounts/x0.payload', ['person']], ['/accounts/pengjiang', ['region', 'person']], ['/regions', ['region']]],
  secadmin: [['/accounts/pengjiang', ['region', 'person']], ['/accounts/reviewer', ['person']]],
}
test.each(Object.entries(visits))('what was typed is text on the pages of %s', async (login, pages) => {
  const { page, context } = await watched(login)
  for (const [path, wanted, words] of pages) {
    await page.goto('/app' + path.replace(/\{(\d+)\}/, (_, i) => ids[Number(i)]!))
    await shows(page, `${login} ${path}`, wanted, words)
  }
  await context.close()
})

test('every eleventh task is shown with its own texts, as a page and as a timeline', async () => {
  const { page, context } = await watched('reviewer')
  for (let i = 0; i < ids.length; i += 11) {
    const own = (['subject', 'requirement', 'narrative', 'returned', 'override', 'flag'] as const).map((f) => text(f, i))
    if (i % 4 === 1) own.push(text('rejected', i))
    if (i % 4 === 2) own.push(text('confirmed', i))
    await page.goto(`/app/tasks/${ids[i]}`)
    await shows(page, `task ${i}`, [], own)
    if (i % 8 === 1) own.push(text('cancelled', i))
    if (i % 8 === 2) own.push(text('closed', i))
    await page.goto(`/app/tasks/${ids[i]}/timeline`)
    await shows(page, `timeline ${i}`, ['measure', 'stage', 'station'], [...own, text('withdrawn', i)])
  }
  await context.close()
})

test('what opens over a page shows text: a file, an event, a narrative that is edited, what would be issued, a proposal', async () => {
  const { page, context } = await watched('supervisor')
  await page.goto(`/app/tasks/${ids[0]}`)
  await page.getByRole('button', { name: fileNames[0]!, exact: true }).first().click()
  await page.getByRole('dialog').locator('img').waitFor()
  await shows(page, 'a file', [], files)

  await page.goto(`/app/lag-table?${of}`)
  await page.getByRole('button', { name: /^改稿\s*x-4$/ }).click()
  await page.getByRole('dialog').locator('ins').first().waitFor()
  await shows(page, 'an edit', [], [text('edited', 4), text('narrative', 4)])
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await world.as('supervisor', 'POST', `${h1}/narratives`, { task: 'x-4', narrative: text('edited', 5), reason: text('edit', 5) })
  await page.reload()
  await page.locator('.paper tbody tr').first().waitFor()
  await page.getByRole('button', { name: '印发', exact: true }).click()
  await page.getByRole('dialog').waitFor()
  await shows(page, 'what would be issued', [], [text('edited', 5)])
  await page.goto(`/app/lag-table?${of}`)
  await page.locator('.paper tbody tr').first().waitFor()
  await page.emulateMedia({ media: 'print' })
  await shows(page, 'on paper', ['region', 'subject', 'requirement', 'edited'])
  await page.emulateMedia({ media: 'screen' })

  const table = join(world.folder, 'table.docx')
  world.duban('lagtable', '--campaign', 'x-2023', '--period', 'h1', '--format', 'docx', '--out', table)
  await page.goto('/app/campaigns/import')
  await page.locator('input[type=file]').setInputFiles(table)
  await page.getByRole('button', { name: '读取' }).click()
  await page.locator('details').first().waitFor()
  for (const box of await page.locator('details').all()) await box.evaluate((d) => d.setAttribute('open', ''))
  await shows(page, 'a proposal', ['region', 'subject', 'requirement'])
  await context.close()

  const auditor = await watched('auditor')
  await auditor.page.goto(`/app/audit?name=report&task=x-2023/x-0`)
  await auditor.page.getByRole('button', { name: /详情/ }).first().click()
  await shows(auditor.page, 'an event', ['narrative', 'subject'])
  // All accounts, page by page.
  await auditor.page.goto('/app/accounts')
  for (let n = 0; n < 3; n++) {
    await shows(auditor.page, 'accounts', ['person'])
    const next = auditor.page.getByRole('button', { name: '下一页' })
    if (!(await next.isEnabled())) break
    const before = await auditor.page.locator('tbody').innerText()
    await next.click()
    await auditor.page.waitForFunction((was) => (document.querySelector('tbody') as HTMLElement | null)?.innerText !== was, before)
  }
  await auditor.context.close()
})

test('the files to be read in a browser are text too: the table as a page, the pack for the meeting', async () => {
  const { context } = await world.person('supervisor')
  const page = await context.newPage()
  noteDialogs(page)
  const saved = async (path: string) => {
    const answer = await context.request.get(`/api/v1${h1}${path}`)
    expect(answer.status(), path).toBe(200)
    return answer.body()
  }
  const open = async (name: string, content: Buffer, wanted: readonly Field[]) => {
    const file = join(world.folder, 'saved', name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
    await page.goto(pathToFileURL(file).href)
    await shows(page, name, wanted)
  }
  await open('table.html', await saved('/lag-table?format=html'), ['title', 'label', 'region', 'subject', 'requirement', 'edited'])
  await open('edition.html', await saved('/editions/1?format=html'), ['title', 'label', 'region', 'subject', 'requirement', 'edited'])
  const pages = unpack(await saved('/meeting-pack')).filter((p) => p.name.endsWith('.html'))
  const kinds: [RegExp, readonly Field[]][] = [
    [/index\.html$/, ['title', 'label', 'region', 'subject']],
    [/timeline[^/]*\.html$|经过/, ['subject', 'requirement', 'narrative', 'person', 'flag']],
    [/evidence[^/]*\.html$|证据/, ['subject', 'requirement', 'narrative', 'person', 'measure']],
  ]
  for (const [kind, wanted] of kinds) {
    const some = pages.filter((p) => kind.test(p.name))
    expect(some.length, pages.slice(0, 6).map((p) => p.name).join(' ')).toBeGreaterThan(0)
    for (const one of some.slice(0, 3)) await open(one.name, one.data, wanted)
  }
  await context.close()
})

test('what stands in an address, or is refused, is text as well', async () => {
  const { page, context } = await watched('auditor')
  for (const [k, path] of ['/tasks?q=', '/access?text=', '/audit?q=', '/audit?person='].entries()) {
    for (let i = k; i < payloads.length; i += 33) {
      await page.goto(`/app${path}${encodeURIComponent(payloads[i]!)}`)
      await shows(page, path, [], [payloads[i]!])
    }
  }
  await context.close()
  const guest = await world.visitor()
  for (const next of ['javascript:pwned=1', '//evil.example/', '/\\evil.example', '"><img src=x onerror=pwned=1>']) {
    await guest.page.goto('/app/sign-in?next=' + encodeURIComponent(next))
    await guest.page.locator('input[name=login]').waitFor()
    await world.signIn(guest.page, 'sysadmin')
    await guest.page.waitForURL((url) => !url.pathname.endsWith('/sign-in'))
    await guest.page.locator('main h1').waitFor()
    expect(new URL(guest.page.url()).origin).toBe(world.url)
    expect(await guest.page.evaluate(() => 'pwned' in window)).toBe(false)
    await guest.context.clearCookies()
  }
  await guest.context.close()

  // What is no free text takes none of it.
  await each(payloads.length, async (i) => {
    const word = payloads[i]!
    const measures = [{ code: 'a', kind: 'qualitative', name: 'a' }]
    const refused = [
      world.as('sysadmin', 'POST', '/regions', { code: word, name: '某区' }), world.as('sysadmin', 'POST', '/users', { login: word, name: '某人', password: 'gully-marble-Kestrel-71' }),
      world.as('supervisor', 'POST', '/campaigns/x-2023/tasks', { code: word, region: '449900', subject: '某', requirement: '某', measures }),
      world.as('supervisor', 'POST', '/campaigns/x-2023/tasks', { code: 'a', region: '449900', subject: '某', requirement: '某', measures: [{ ...measures[0], code: word }] }),
    ]
    if (!fileNames.includes(word + ' 文.png')) refused.push(upload(world, ids[3]!, word + '.png'))
    for (const one of await Promise.allSettled(refused)) expect(one.status === 'rejected' && /: 422 |: 404 |: 400 /.test(String(one.reason)), word + String((one as PromiseRejectedResult).reason)).toBe(true)
  })
  // The name of a file that is refused is told as text.
  const reporter = await watched('pengjiang')
  await reporter.page.goto(`/app/tasks/${ids[7]}/report`)
  await reporter.page.locator('textarea[name=narrative]').waitFor()
  const names = payloads.filter((p) => p.startsWith('<')).slice(0, 12).map((p) => p + '.png')
  await reporter.page.locator('input[type=file]').setInputFiles(names.map((name) => ({ name, mimeType: 'image/png', buffer: Buffer.from('x') })))
  await shows(reporter.page, 'files that are refused', [], names)
  await reporter.context.close()
})

test('each field had its payloads shown', () => {
  const least: Partial<Record<Field, number>> = { title: 100, label: 75, region: 75, person: 100, subject: 90, requirement: 90, narrative: 90, edited: 80, edit: 80, token: 90, unit: 15, total: 8, draft: 1, rejected: 5, confirmed: 5, closed: 1, cancelled: 1, override: 10, flag: 10, returned: 10, withdrawn: 10, measure: 30, station: 8, stage: 8 }
  for (const field of Object.keys(fields) as Field[]) expect(seen[field].size, field).toBeGreaterThanOrEqual(least[field]!)
})
