import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessible, downloaded, picture, World } from './world'

let world: World
beforeAll(async () => { world = await World.start() })
afterAll(async () => {
  await world.end()
  expect(world.wrong).toEqual([])
})

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

test('a district reports: draft, verdict while typing, evidence, a lost connection, withdrawal, a return', async () => {
  const { page, context } = await world.person('pengjiang')
  await page.waitForURL('**/app/mine')
  await page.getByRole('link', { name: /440703-S3|清淤|河/ }).first().waitFor()
  await accessible(page, 'my tasks')
  await picture(page, 'my-tasks')
  await page.getByRole('row', { name: /440703-S3/ }).getByRole('link', { name: '填报' }).click()
  await page.getByRole('heading', { name: '填报进展' }).waitFor()

  // The verdict follows what is typed.
  await page.getByLabel('数值').first().fill('６')
  await page.locator('textarea[name=narrative]').fill('已完成清淤6公里，汛期施工受阻。')
  await page.locator('.stay .mark').filter({ hasText: '未按进度完成' }).first().waitFor()
  await page.getByText('草稿已保存').waitFor()
  await accessible(page, 'report form')
  await picture(page, 'report-form')

  // A draft outlives signing out.
  await page.getByRole('button', { name: '退出' }).click()
  await page.waitForURL('**/app/sign-in')
  await world.signIn(page, 'pengjiang')
  await page.waitForURL('**/app/mine')
  await page.getByText('草稿保存于').waitFor()
  await page.getByRole('row', { name: /440703-S3/ }).getByRole('link', { name: '填报' }).click()
  expect(await page.locator('textarea[name=narrative]').inputValue()).toContain('汛期施工受阻')

  // Evidence is shown where it is.
  await page.locator('input[type=file]').setInputFiles([{ name: '现场照片.png', mimeType: 'image/png', buffer: png }, { name: '坏.pdf', mimeType: 'application/pdf', buffer: Buffer.from('not a pdf') }])
  await page.getByRole('button', { name: '现场照片.png', exact: true }).click()
  await page.getByRole('img', { name: '现场照片.png' }).waitFor()
  await accessible(page, 'preview of evidence')
  await page.keyboard.press('Escape')
  await page.getByRole('alert').filter({ hasText: /./ }).first().waitFor()
  await page.getByRole('button', { name: '移除', exact: true }).first().click()

  // The session ends elsewhere: one signs in over the form and goes on.
  world.duban('user', 'end', 'pengjiang')
  await page.locator('textarea[name=narrative]').fill('已完成清淤6公里，汛期施工受阻，计划十月补齐。')
  const again = page.getByRole('dialog', { name: '登录已失效' })
  await again.waitFor()
  await accessible(page, 'sign in again')
  await again.locator('input[name=password]').fill(world.passwords.pengjiang!)
  await again.locator('button[type=submit]').click()
  await again.waitFor({ state: 'hidden' })
  await page.getByText('草稿已保存').waitFor()

  // The connection is lost while sending: nothing is lost, and it is done once.
  await world.stop()
  await page.getByRole('button', { name: '上报', exact: true }).click()
  await page.getByRole('alert').filter({ hasText: '没有连上服务器' }).first().waitFor()
  await accessible(page, 'connection lost')
  await world.serve()
  await page.getByRole('button', { name: '上报', exact: true }).click()
  const warned = page.getByRole('button', { name: '核对无误，仍然上报' })
  const whole = page.getByRole('button', { name: '第 1 次 待审核' })
  await warned.or(whole).first().waitFor()
  if (await warned.isVisible()) {
    await accessible(page, 'warnings before sending')
    await warned.click()
  }
  await whole.waitFor()
  expect(await page.getByText('计划十月补齐').count()).toBeGreaterThan(0)
  await accessible(page, 'task')
  await picture(page, 'task')

  // Taken back, and reported again.
  await page.getByRole('button', { name: '撤回' }).click()
  await accessible(page, 'withdraw')
  await page.getByRole('dialog').getByRole('button', { name: '确定' }).click()
  await page.getByRole('link', { name: '填报', exact: true }).click()
  await page.getByRole('button', { name: '上报', exact: true }).waitFor()
  await page.locator('textarea[name=narrative]').fill('已完成清淤6公里，汛期施工受阻，计划十月补齐。')
  await page.getByRole('button', { name: '上报', exact: true }).click()
  await warned.or(page.getByRole('button', { name: '第 2 次 待审核' })).first().waitFor()
  if (await warned.isVisible()) await warned.click()
  await page.getByRole('button', { name: '第 2 次 待审核' }).waitFor()
  await context.close()
})

test('two windows do not overwrite each other', async () => {
  const one = await world.person('jianghai')
  const row = one.page.getByRole('row').filter({ has: one.page.getByRole('link', { name: /填报/ }) }).first()
  await row.getByRole('link', { name: /填报/ }).click()
  await one.page.locator('textarea[name=narrative]').waitFor()
  const two = await one.context.newPage()
  await two.goto(one.page.url())
  await two.locator('textarea[name=narrative]').waitFor()
  await one.page.locator('textarea[name=narrative]').fill('第一个窗口')
  await one.page.getByText('草稿已保存').waitFor()
  await two.locator('textarea[name=narrative]').fill('第二个窗口')
  await two.getByText('另一窗口在').waitFor()
  await accessible(two, 'two drafts')
  await two.getByRole('button', { name: '用另一窗口的内容' }).click()
  expect(await two.locator('textarea[name=narrative]').inputValue()).toBe('第一个窗口')
  await one.context.close()
})

test('a workbook is checked before it is sent', async () => {
  const { page, context } = await world.person('heshan')
  await page.goto('/app/workbook')
  const { content } = await downloaded(page, () => page.getByRole('button', { name: '下载工作簿' }).click())
  await page.locator('input[type=file]').setInputFiles({ name: '填报.xlsx', mimeType: '', buffer: content })
  await page.getByRole('button', { name: '先检查' }).click()
  await page.getByRole('heading', { name: '检查结果' }).waitFor()
  await accessible(page, 'workbook')
  await picture(page, 'workbook')
  await context.close()
})

test('the list of all tasks keeps its filters in the address, also on a phone', async () => {
  const { page, context } = await world.person('heshan', { width: 390, height: 844 })
  await page.goto('/app/tasks?verdict=behind')
  await page.getByRole('row').nth(1).waitFor()
  await accessible(page, 'tasks on a phone')
  await picture(page, 'tasks-phone')
  await page.getByLabel('编号或内容').fill('没有这样的任务')
  await page.locator('main').getByRole('button', { name: '搜索' }).click()
  await page.waitForURL('**q=*')
  await page.getByText('没有符合条件的内容').waitFor()
  expect(page.url()).toContain('verdict=behind')
  await page.setViewportSize({ width: 1366, height: 768 })
  await page.goto('/app/tasks')
  await page.getByRole('row').nth(1).waitFor()
  await accessible(page, 'tasks')
  await picture(page, 'tasks')
  await context.close()
})
