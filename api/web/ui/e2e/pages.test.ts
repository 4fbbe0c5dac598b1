import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessible, picture, World } from './world'

// Every page as the people see it who may open it: nothing wrong in it, and no
// violation of WCAG 2.1 AA. With DUBAN_PICTURES it leaves the pictures of docs/.
let world: World
let reported = ''
beforeAll(async () => {
  world = await World.start()
  reported = await world.report('pengjiang', '440703-S3', '已完成清淤6公里，汛期施工受阻。')
})
afterAll(async () => {
  await world.end()
  expect(world.wrong).toEqual([])
})

const visits: { login: string; pages: [path: string, name: string, sign: string][] }[] = [
  { login: 'heshan', pages: [['/mine', 'my-tasks', 'table'], ['/workbook', 'workbook', 'input[type=file]'], ['/inbox', 'inbox', 'h1'], ['/account', 'account', 'h1']] },
  { login: 'reviewer', pages: [['/queue', 'queue', 'table'], ['/review/{reported}', 'review', 'textarea'], ['/tasks', 'tasks', 'table'], ['/tasks/{reported}', 'task', '.two']] },
  { login: 'supervisor', pages: [['/dashboard', 'dashboard', '.tiles'], ['/lag-table', 'lag-table', '.paper'], ['/lag-table?as_of=2023-08-31', 'lag-table-as-of', '.paper, .empty'], ['/campaigns', 'campaigns', 'table'], ['/campaigns/new', 'campaign-new', 'fieldset'], ['/campaigns/jm-2023/setup', 'campaign-extend', 'fieldset'], ['/campaigns/import', 'import', 'input[type=file]'], ['/campaigns/jm-2023/assign', 'assign', 'fieldset']] },
  { login: 'auditor', pages: [['/audit', 'audit', 'table'], ['/audit?outcome=refused', 'audit-refused', 'h1'], ['/audit-verification', 'verification', 'h1'], ['/tasks/{reported}/timeline', 'timeline', 'h1']] },
  { login: 'sysadmin', pages: [['/accounts', 'accounts', 'table'], ['/accounts/heshan', 'one-account', 'h1'], ['/regions', 'regions', 'table'], ['/sign-in-rules', 'sign-in-rules', 'h1'], ['/workflow', 'workflow', 'h1']] },
  { login: 'secadmin', pages: [['/access', 'access', 'table'], ['/accounts/reviewer', 'grants', 'h1']] },
]

for (const { login, pages } of visits) {
  test(`the pages of ${login}`, async () => {
    const { page, context } = await world.person(login)
    for (const [path, name, sign] of pages) {
      await page.goto('/app' + path.replace('{reported}', reported))
      await page.locator('main').locator(sign).first().waitFor()
      await page.getByText('正在读取').first().waitFor({ state: 'hidden' })
      expect(await page.locator('main h1').first().innerText(), path).not.toBe('没有此页面')
      await accessible(page, name)
      await picture(page, name)
      // Nothing of a page is wider than the screen of a phone, but what scrolls by itself.
      await page.setViewportSize({ width: 390, height: 844 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} on a phone`).toBeLessThanOrEqual(390)
      await accessible(page, name + ' on a phone')
      await page.setViewportSize({ width: 1366, height: 768 })
    }
    await context.close()
  })
}

test('a table is read, checked and made into a campaign', async () => {
  const { page, context } = await world.person('supervisor')
  await page.goto('/app/campaigns/import')
  const file = join(world.folder, 'table.docx')
  world.duban('lagtable', '--campaign', 'jm-2023', '--period', '2023-h1', '--format', 'docx', '--out', file)
  await page.locator('input[type=file]').setInputFiles(file)
  await page.getByRole('button', { name: '读取表格' }).click()
  await page.getByText(/读出 25 行/).or(page.getByRole('alert')).first().waitFor()
  expect(await page.getByRole('alert').allInnerTexts()).toEqual([])
  await page.getByLabel('专项工作代码').first().fill('jm-2024')
  await page.getByLabel('开始日期').fill('2023-01-01')
  await page.getByRole('button', { name: '增加报告期' }).click()
  await page.getByLabel('报告期代码').fill('2023-h1')
  await page.getByLabel('截止日期').fill('2023-06-30')
  await page.getByLabel('上报期限').fill('2023-08-31')
  await accessible(page, 'proposal')
  await picture(page, 'proposal')
  for (const box of await page.locator('details.panel').all()) {
    await box.evaluate((d) => d.setAttribute('open', ''))
    await box.locator('label.check input').last().check()
  }
  await page.getByRole('button', { name: '建立专项工作' }).click()
  await page.getByText('已建立：25 项任务').or(page.getByRole('alert')).first().waitFor()
  expect(await page.getByRole('alert').allInnerTexts()).toEqual([expect.stringContaining('已建立')])
  await context.close()
})
