import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Line } from './line'
import { accessible, World } from './world'

// What happens while one works must not cost what one typed, nor do a step twice.
let world: World
let line: Line
let reported = ''
beforeAll(async () => {
  world = await World.start()
  line = await Line.to(world.url)
  reported = await world.report('pengjiang', '440703-S3', '已完成清淤6公里，汛期施工受阻。')
})
afterAll(async () => {
  await world.end()
  line.end()
  expect(world.wrong).toEqual([])
})

/** How often a step was taken on a task. */
async function taken(task: string, event: string): Promise<number> {
  const timeline = await world.as('auditor', 'GET', `/tasks/${task}/timeline`)
  return timeline.items.filter((e: any) => e.event.name === event && e.event.outcome === 'accepted').length
}

/** Ends somebody's session, lets a click find out, and signs in over what is open. */
async function outlive(page: Page, login: string, click: () => Promise<void>): Promise<void> {
  world.duban('user', 'end', login)
  await click()
  const again = page.getByRole('dialog', { name: '登录已失效' })
  await again.waitFor()
  await page.waitForFunction(() => (document.activeElement as HTMLInputElement | null)?.name === 'password')
  await again.locator('input[name=password]').fill(world.passwords[login]!)
  await page.keyboard.press('Enter')
  await again.waitFor({ state: 'hidden' })
}

test('a report whose answer is lost is sent again as it was, and counted once', async () => {
  const { page, context } = await world.person('heshan', { url: line.url })
  const task = (await world.as('heshan', 'GET', '/tasks?state=flagged_lagging&region=440784')).items[0]
  const before = await taken(task.id, 'report')
  await page.goto(`/app/tasks/${task.id}/report`)
  await page.locator('textarea[name=narrative]').fill('已按整改要求推进，材料齐备。')
  await page.getByText('草稿已保存').waitFor()
  line.lose(/\/api\/v1\/tasks\/[^/]+\/report$/)
  const send = page.getByRole('button', { name: '上报', exact: true })
  const warned = page.getByRole('button', { name: '核对无误，仍然上报' })
  const lost = page.getByRole('alert').filter({ hasText: '没有连上服务器' }).first()
  await send.click()
  await warned.or(lost).first().waitFor()
  if (await warned.isVisible()) await warned.click()
  await lost.waitFor()
  expect(await taken(task.id, 'report')).toBe(before + 1)
  expect(await page.locator('textarea[name=narrative]').inputValue()).toBe('已按整改要求推进，材料齐备。')
  await send.click()
  const whole = page.getByRole('button', { name: /待审核/ })
  await warned.or(whole).first().waitFor()
  if (await warned.isVisible()) await warned.click()
  await whole.waitFor()
  expect(await taken(task.id, 'report')).toBe(before + 1)
  await context.close()
})

test('a review outlives the end of the session and a lost answer, and is done once', async () => {
  const { page, context } = await world.person('reviewer', { url: line.url })
  await page.goto(`/app/review/${reported}`)
  await page.getByRole('button', { name: '退回' }).first().click()
  const reason = page.locator('textarea[name=reason]')
  await reason.fill('佐证材料不全，请补充后重报。')
  line.lose(/\/api\/v1\/tasks\/[^/]+\/return$/)
  const send = page.getByRole('button', { name: '办理：退回' })
  await outlive(page, 'reviewer', () => send.click())
  // The step waited for the sign-in, and then its answer was lost.
  await page.getByRole('alert').filter({ hasText: '没有连上服务器' }).first().waitFor()
  await accessible(page, 'a review whose answer was lost')
  expect(await reason.inputValue()).toBe('佐证材料不全，请补充后重报。')
  await send.click()
  await page.getByText('已办理：退回').waitFor()
  expect(await taken(reported, 'return')).toBe(1)
  await context.close()
})

test('a task that is assigned and a narrative that is edited outlive the end of the session', async () => {
  const { page, context } = await world.person('supervisor')
  await page.goto('/app/campaigns/jm-2023/assign')
  await page.getByRole('combobox', { name: /区域/ }).selectOption('440703')
  await page.getByLabel('任务编号').fill('440703-T1')
  await page.getByLabel('主要任务').fill('会话失效时交办的任务')
  await page.getByLabel('工作内容及要求').fill('输入的内容不得丢失。')
  await page.getByLabel('类别').selectOption('qualitative')
  await page.getByLabel('指标名称').fill('落实情况')
  await outlive(page, 'supervisor', () => page.locator('main').getByRole('button', { name: '交办任务' }).click())
  await page.getByRole('heading', { name: '会话失效时交办的任务' }).waitFor()
  await page.getByText('输入的内容不得丢失。').waitFor()

  await page.goto('/app/lag-table')
  await page.getByRole('button', { name: /改稿\s*440703-01/ }).click()
  const dialog = page.getByRole('dialog').filter({ hasText: '改稿' })
  await dialog.getByLabel('印发稿中的进展文字').fill('相关加油站正在办理采购审批，尚未安装。')
  await dialog.getByLabel('理由').fill('文字精简')
  await outlive(page, 'supervisor', () => dialog.getByRole('button', { name: '保存' }).click())
  await dialog.waitFor({ state: 'hidden' })
  await page.locator('.paper td').filter({ hasText: '正在办理采购审批' }).getByText('已改稿').waitFor()
  await context.close()
})
