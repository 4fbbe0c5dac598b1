import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessible, downloaded, picture, World } from './world'

let world: World
beforeAll(async () => { world = await World.start() })
afterAll(async () => {
  await world.end()
  expect(world.wrong).toEqual([])
})

const h1 = '/campaigns/jm-2023/periods/2023-h1'
const folded = (text: string) => text.replace(/\s+/g, '')
// Paper may have a radical in place of the character that looks like it (⼊ for 入).
const paper = (text: string) => folded(text.normalize('NFKC')).replace(/[⺠⻅⻋⻓⻔⻛⻢⻩]/g, (r) => '民见车长门风马黄'['⺠⻅⻋⻓⻔⻛⻢⻩'.indexOf(r)]!)

/** The rows of the table on screen, as they would be read from paper. */
async function printed(page: Page): Promise<string[]> {
  return page.locator('.paper tbody tr').evaluateAll((rows) => rows.map((r) => [...r.querySelectorAll('td')].map((d) => [...d.querySelectorAll('p')].map((p) => p.textContent).join('')).join('|').replace(/\s+/g, '')))
}

const told = (rows: { task: string[]; requirement: string[]; progress: string[] }[]) => rows.map((r) => folded([r.task, r.requirement, r.progress].map((lines) => lines.join('')).join('|')))

/** The first bytes of what a button downloads. */
async function fetched(page: Page, button: string): Promise<Buffer> {
  return (await downloaded(page, () => page.getByRole('button', { name: button }).click())).content
}

test('the lag table is on screen as it prints; it is edited, issued, issued again with its changes, and fetched', async () => {
  const { page } = await world.person('supervisor')
  await page.goto('/app/lag-table')
  await page.locator('.paper tbody tr').first().waitFor()
  const own = JSON.parse(world.duban('lagtable', '--campaign', 'jm-2023', '--period', '2023-h1', '--format', 'json'))
  expect(own.rows).toHaveLength(25)
  expect(await printed(page)).toEqual(told(own.rows))
  expect(await page.locator('.paper-title').innerText()).toBe(own.title)
  const regions = page.locator('.paper th.region')
  expect(await regions.count()).toBe(new Set(own.rows.map((r: any) => r.region)).size)
  await accessible(page, 'lag table')
  await picture(page, 'lagtable')

  // Paper has what the screen has.
  const pdf = join(world.folder, 'lagtable.pdf')
  await page.pdf({ path: pdf, preferCSSPageSize: true })
  const words = paper(execFileSync('pdftotext', ['-layout', pdf, '-'], { encoding: 'utf8' }))
  expect(words).toContain('预览稿')
  expect(words).not.toContain('改稿')
  expect(execFileSync('pdfinfo', [pdf], { encoding: 'utf8' })).toMatch(/Page size:\s+84[12]\S* x 59[45]/)
  const raw = paper(execFileSync('pdftotext', ['-raw', pdf, '-'], { encoding: 'utf8' }))
  for (const row of own.rows) for (const line of row.progress) expect(raw).toContain(paper(line).slice(0, 12))

  // A narrative in other words: a figure that the report does not have is refused.
  const edit = page.getByRole('button', { name: /改稿\s*440703-01/ })
  await edit.click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('印发稿中的进展文字').fill('相关加油站正在走采购审批流程中，已有3座完成。')
  await dialog.getByLabel('理由').fill('文字精简')
  await dialog.getByRole('button', { name: '保存' }).click()
  await dialog.getByRole('alert').first().waitFor()
  await accessible(page, 'an edit refused')
  await dialog.getByLabel('印发稿中的进展文字').fill('相关加油站正在办理采购审批，尚未安装。')
  await dialog.locator('ins').first().waitFor()
  await dialog.getByRole('button', { name: '保存' }).click()
  await page.locator('.paper td').filter({ hasText: '正在办理采购审批' }).getByText('已改稿').waitFor()
  await page.getByRole('cell', { name: '文字精简' }).waitFor()

  // To issue it, what is missing has to be acknowledged.
  await page.getByRole('button', { name: '印发', exact: true }).click()
  const send = dialog.getByRole('button', { name: '印发', exact: true })
  expect(await send.isDisabled()).toBe(true)
  await accessible(page, 'issue')
  await picture(page, 'issue')
  await dialog.getByLabel(/确认缺 蓬江区 440703-S3/).check()
  await send.click()
  await page.waitForURL('**edition=1')
  await page.locator('.paper-note').filter({ hasText: '第1期' }).first().waitFor()
  expect(await printed(page)).toEqual(told((await world.as('supervisor', 'GET', `${h1}/editions/1`)).rows))

  await page.locator('.gaps li').filter({ hasText: '蓬江区 440703-S3' }).waitFor()

  // Another word in the next edition: the change is marked before and after issuing.
  await page.getByLabel('表', { exact: true }).selectOption('')
  await edit.click()
  await dialog.getByRole('button', { name: '恢复报告原文' }).click()
  await dialog.getByLabel('理由').fill('以报告为准')
  await dialog.getByRole('button', { name: '保存' }).click()
  await page.locator('ins').filter({ hasText: '尚未有加油站完成' }).waitFor()
  await page.getByRole('button', { name: '印发', exact: true }).click()
  await dialog.getByText('与第 1 期相比有 1 项变更。').waitFor()
  await dialog.getByLabel(/确认缺/).check()
  await send.click()
  await page.waitForURL('**edition=2')
  await page.getByRole('heading', { name: '变更对照：第1期 → 第2期' }).waitFor()
  await page.locator('del').filter({ hasText: '正在办理采购审批' }).waitFor()
  await accessible(page, 'second edition')
  await picture(page, 'edition')

  // Files of the edition and of the preview, and the pack for the meeting.
  expect((await fetched(page, '下载 Word')).subarray(0, 2).toString()).toBe('PK')
  await page.getByLabel('表', { exact: true }).selectOption('')
  for (const what of ['下载 Word', '下载 Excel', '会议材料']) expect((await fetched(page, what)).subarray(0, 2).toString(), what).toBe('PK')
  const own2 = await world.as('supervisor', 'GET', `${h1}/lag-table`)
  if (own2.pdf) expect((await fetched(page, '下载 PDF')).subarray(0, 5).toString()).toBe('%PDF-')
  else expect(await page.getByRole('button', { name: '下载 PDF' }).count()).toBe(0)

  // As known on a day of the past: nothing was reviewed yet, and nothing can be edited.
  await page.getByLabel('截至哪天的情况').fill('2023-08-31')
  await page.waitForURL('**as_of=2023-08-31**')
  const then = await world.as('supervisor', 'GET', `${h1}/lag-table?as_of=2023-08-31`)
  await page.locator('.paper-note').filter({ hasText: '截至 2023-08-31 已知情况' }).first().waitFor()
  expect(await printed(page)).toEqual(told(then.rows))
  expect(await page.getByRole('button', { name: /^改稿/ }).count()).toBe(0)
  await page.getByRole('button', { name: '回到现在' }).click()
  await page.locator('.paper tbody tr').first().waitFor()

  // Who may not issue sees the table of their own district, on a phone too.
  const reader = await world.person('pengjiang', { width: 390, height: 844 })
  await reader.page.goto('/app/lag-table')
  await reader.page.locator('.paper tbody tr').first().waitFor()
  expect(await reader.page.locator('.paper th.region').allInnerTexts()).toEqual(['蓬江区'])
  expect(await reader.page.getByRole('button', { name: '印发', exact: true }).count()).toBe(0)
  expect(await reader.page.getByRole('button', { name: /^改稿/ }).count()).toBe(0)
  expect(await reader.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  await accessible(reader.page, 'lag table on a phone')
  await picture(reader.page, 'lagtable-phone')
})

test('the dashboard has the figures of the server, ties share a rank, and a past day is shown as it was known', async () => {
  const { page } = await world.person('supervisor')
  await page.goto('/app/dashboard')
  const table = page.getByRole('table', { name: '各区域评定' })
  await table.waitFor()
  const figures = async () => table.locator('tbody tr').evaluateAll((rows) => rows.map((r) => [...r.children].slice(0, 10).map((c) => (c.textContent ?? '').trim())))
  const wanted = (b: any) => [...b.districts].sort((x: any, y: any) => (x.rank ?? 99) - (y.rank ?? 99)).map((d: any) => [
    String(d.rank ?? ''), d.name, String(d.tasks), ...['on_schedule', 'nearly', 'behind', 'lagging'].map((v) => String(d.verdicts[v])), String(d.open), String(d.overdue), `${d.on_schedule_percent ?? '—'}%`,
  ])
  const now = await world.as('supervisor', 'GET', '/campaigns/jm-2023/dashboard')
  expect(now.districts).toHaveLength(7)
  expect(await figures()).toEqual(wanted(now))
  // Whoever is as good as another has the same place, and the next one is as many places on.
  const ranks = now.districts.map((d: any) => d.rank).sort((x: number, y: number) => x - y)
  ranks.forEach((r: number) => expect(r).toBe(ranks.indexOf(r) + 1))
  const worst = page.getByRole('table', { name: '完成预测' })
  expect(await worst.locator('tbody tr').count()).toBe(now.worst.length)
  expect(await page.locator('.tile').count()).toBe(7)
  await accessible(page, 'dashboard')
  await picture(page, 'dashboard')

  await page.getByLabel('截至哪天的情况').fill('2023-07-31')
  await page.waitForURL('**as_of=2023-07-31**')
  const then = await world.as('supervisor', 'GET', '/campaigns/jm-2023/dashboard?as_of=2023-07-31')
  expect(wanted(then)).not.toEqual(wanted(now))
  await page.waitForFunction((text) => document.querySelector('table tfoot')?.textContent?.replace(/\s/g, '').includes(text), `合计${then.total.tasks}`)
  await expect.poll(figures).toEqual(wanted(then))
  await page.getByRole('button', { name: '回到现在' }).click()
  await expect.poll(figures).toEqual(wanted(now))
  await page.locator('.tile').first().click()
  await page.waitForURL('**/app/tasks?campaign=jm-2023&region=440703')

  const phone = await world.person('supervisor', { width: 390, height: 844 })
  await phone.page.goto('/app/dashboard')
  await phone.page.locator('.tile').first().waitFor()
  expect(await phone.page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  await accessible(phone.page, 'dashboard on a phone')
  await picture(phone.page, 'dashboard-phone')
})
