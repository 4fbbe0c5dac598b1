import { afterAll, beforeAll, expect, test } from 'vitest'
import { fill } from './workbook'
import { accessible, downloaded, picture, World } from './world'

let world: World
beforeAll(async () => { world = await World.start() })
afterAll(async () => {
  await world.end()
  expect(world.wrong).toEqual([])
})

const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\nxref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n164\n%%EOF\n')

/** A step of the reviewer through the API: what they do in the page has tests of its own. */
async function review(task: string, event: string, body: object): Promise<void> {
  const token = world.duban('user', 'token', 'reviewer').trim()
  const done = await fetch(`${world.url}/api/v1/tasks/${task}/${event}`, { method: 'POST', headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
  expect(done.status, await done.text()).toBe(200)
}

test('a flagged task is rectified: what the flag asks, figures in their unit, a return with its reason, again', async () => {
  const { page, context } = await world.person('pengjiang')
  const row = page.getByRole('row', { name: /440703-01/ })
  await row.getByText('滞后挂牌中：未达到本期进度要求').waitFor()
  await row.getByRole('link', { name: '填报整改' }).click()
  await page.getByRole('heading', { name: '填报整改' }).waitFor()
  const task = /tasks\/([^/]+)\/report/.exec(page.url())![1]!
  await page.getByText('挂牌要求：未达到本期进度要求').waitFor()
  await page.getByText('2023年9月30日').first().waitFor()

  // The figures of the last report stand in the form; the narrative is told anew.
  const cutoff = page.getByLabel('截至 2023年6月30日 的数值（座）')
  expect(await cutoff.inputValue()).toBe('0')
  expect(await page.locator('textarea[name=narrative]').inputValue()).toBe('')
  await page.getByText('10%，即 1座（共 8座）').first().waitFor()

  // What the server refuses stands at its field, and the keyboard is there.
  await page.getByRole('button', { name: '上报', exact: true }).click()
  await page.locator('textarea[name=narrative][aria-invalid=true]').waitFor()
  await page.waitForFunction(() => document.activeElement?.getAttribute('name') === 'narrative')
  await accessible(page, 'a refused report')

  await page.getByLabel('最新数值（座）').fill('１')
  await page.getByLabel('最新数值的日期').fill('2023-09-20')
  await page.locator('textarea[name=narrative]').fill('1座加油站已完成安装并联网。')
  await page.locator('textarea[name=narrative][aria-invalid=true]').waitFor({ state: 'detached' })
  await page.locator('.stay .mark').filter({ hasText: '基本按进度完成' }).first().waitFor()
  await page.locator('input[type=file]').setInputFiles({ name: '验收单.pdf', mimeType: 'application/pdf', buffer: pdf })
  await page.getByRole('button', { name: '验收单.pdf', exact: true }).click()
  await page.getByRole('dialog', { name: '验收单.pdf' }).locator('iframe').waitFor()
  await page.keyboard.press('Escape')
  await page.getByText('草稿已保存').waitFor()
  await picture(page, 'rectify-form')
  await send(page)
  await page.getByRole('button', { name: '第 2 次 待审核' }).waitFor()

  await review(task, 'reject_rectification', { reason: '验收单缺公章', rectify_by: '2030-01-31', report_number: 2 })
  await page.goto('/app/mine')
  const first = page.getByRole('row').nth(1)
  await first.getByText('整改未通过：验收单缺公章').waitFor()
  await accessible(page, 'my tasks with what was sent back')
  await first.getByRole('link', { name: '填报整改' }).click()
  await page.getByText('整改未通过：验收单缺公章').waitFor()

  // What was sent back is corrected, not typed again.
  expect(await page.locator('textarea[name=narrative]').inputValue()).toBe('1座加油站已完成安装并联网。')
  await page.getByRole('button', { name: '验收单.pdf', exact: true }).waitFor()
  await page.locator('textarea[name=narrative]').fill('1座加油站已完成安装并联网，验收单已盖章。')
  await send(page)
  await page.getByRole('button', { name: '第 3 次 待审核' }).waitFor()
  await review(task, 'confirm_rectified', { report_number: 3 })
  await page.reload()
  await page.getByText('销号时间').waitFor()
  await page.setViewportSize({ width: 390, height: 844 })
  await accessible(page, 'a rectified task on a phone')
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
  await picture(page, 'rectified-phone')
  await context.close()
})

async function send(page: import('playwright-core').Page): Promise<void> {
  await page.getByRole('button', { name: '上报', exact: true }).click()
  const warned = page.getByRole('button', { name: '核对无误，仍然上报' })
  await warned.or(page.getByRole('button', { name: /待审核/ })).first().waitFor()
  if (await warned.isVisible()) await warned.click()
}

test('a workbook with an error says where; corrected, it is sent', async () => {
  const { page, context } = await world.person('heshan')
  await page.locator('main').getByRole('link', { name: '填报工作簿' }).click()
  const blank = (await downloaded(page, () => page.getByRole('button', { name: '下载工作簿' }).click())).content
  const right = { I4: '22', I5: '41', I6: '26', I7: '39', O4: '四个站点数据已核对。' }
  const upload = (cells: Record<string, string>) => page.locator('input[type=file]').setInputFiles({ name: '鹤山.xlsx', mimeType: '', buffer: fill(blank, cells) })

  await upload({ ...right, I5: '四十一左右' })
  await page.getByRole('button', { name: '先检查' }).click()
  await page.getByRole('row', { name: /440784-01/ }).getByText('有错误').waitFor()
  await page.getByText(/行 5 本期数值/).waitFor()
  expect(await page.getByRole('button', { name: '上报工作簿中的报告' }).isDisabled()).toBe(true)
  await accessible(page, 'a workbook with errors')
  await picture(page, 'workbook-errors')
  const marked = await downloaded(page, () => page.getByRole('button', { name: '下载标出错误的工作簿' }).click())
  expect(marked.content.subarray(0, 2).toString()).toBe('PK')

  await upload(right)
  await page.getByRole('button', { name: '先检查' }).click()
  await page.getByRole('row', { name: /440784-01/ }).getByText('可以上报').waitFor()
  await page.getByRole('button', { name: '上报工作簿中的报告' }).click()
  await page.getByRole('heading', { name: '上报结果' }).waitFor()
  await page.getByRole('row', { name: /440784-01/ }).getByRole('link').click()
  await page.getByRole('button', { name: '第 2 次 待审核' }).waitFor()
  await page.getByText('四个站点数据已核对。').waitFor()
  await context.close()
})
