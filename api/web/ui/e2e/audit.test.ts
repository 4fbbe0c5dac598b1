import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessible, downloaded, picture, World } from './world'

let world: World
beforeAll(async () => {
  world = await World.start()
  await world.report('pengjiang', '440703-S3', '已完成清淤6公里。')
})
afterAll(async () => {
  await world.end()
  expect(world.wrong).toEqual([])
})

test('an auditor searches events, reads before and after, and takes them away', async () => {
  const { page } = await world.person('auditor')
  await page.goto('/app/audit')
  await page.getByRole('row').nth(1).waitFor()
  await accessible(page, 'audit trail')
  await page.getByLabel('事件', { exact: true }).selectOption('report')
  await page.getByLabel('任务', { exact: true }).fill('jm-2023/440703-S3')
  await page.getByRole('main').getByRole('button', { name: '搜索' }).click()
  await page.waitForURL('**name=report**')
  const row = page.getByRole('row', { name: /上报.*440703-S3/ }).first()
  await row.getByRole('button', { name: /详情/ }).click()
  await page.locator('tr.changed').first().waitFor()
  expect(await page.locator('.changes').innerText()).toContain('已完成清淤6公里。')
  await accessible(page, 'an event opened')
  await picture(page, 'audit')
  for (const kind of ['CSV', 'XLSX']) {
    const file = await downloaded(page, () => page.getByRole('button', { name: `导出 ${kind}` }).click())
    expect(file.name).toBe(`audit-events.${kind.toLowerCase()}`)
  }
  // The address has the filters: another reader sees the same.
  await page.reload()
  await page.getByRole('row', { name: /上报.*440703-S3/ }).first().waitFor()

  await page.getByRole('button', { name: /详情/ }).first().click()
  await page.getByRole('link', { name: '任务经过' }).click()
  await page.getByText('由“已交办”到“已上报”').first().waitFor()
  await accessible(page, 'timeline')
  await picture(page, 'timeline')
  const proof = await downloaded(page, () => page.getByRole('button', { name: '下载证明文件' }).click())
  expect(proof.name).toBe('proof-440703-S3.json')
})

test('an auditor has the trail verified and keeps the checkpoint', async () => {
  const { page } = await world.person('auditor')
  await page.getByRole('link', { name: '留痕核验' }).click()
  await page.getByRole('button', { name: '立即核验' }).click()
  await page.getByText('全部相符').waitFor({ timeout: 60_000 })
  await page.locator('pre').waitFor()
  await accessible(page, 'verification')
  await picture(page, 'verification')
  const note = await downloaded(page, () => page.getByRole('button', { name: '下载检查点' }).click())
  expect(note.name).toMatch(/^checkpoint-\d+\.txt$/)
  await page.getByLabel('较早的事件数').fill('1')
  await downloaded(page, () => page.getByRole('button', { name: '下载证明', exact: true }).click())

  await page.getByRole('link', { name: '逾期任务' }).click()
  await page.getByRole('row').nth(1).waitFor()
  await accessible(page, 'overdue')
  const phone = await world.person('auditor', { width: 390, height: 844 })
  await phone.page.goto('/app/audit')
  await phone.page.getByRole('row').nth(1).waitFor()
  await accessible(phone.page, 'audit trail on a phone')
  await picture(phone.page, 'audit-phone')
})

test('a task is shown as it was known on a past day', async () => {
  const { page, context } = await world.person('auditor')
  const task = (await world.as('auditor', 'GET', '/tasks?q=440703-01')).items[0]
  await page.goto(`/app/tasks/${task.id}`)
  const facts = page.locator('dl.facts').first()
  const state = page.locator('.tag.state-flagged_lagging').first()
  await state.waitFor()
  await page.getByLabel('截至哪天的情况').fill('2023-07-31')
  await page.waitForURL('**as_of=2023-07-31')
  await page.getByText('以下是截至 2023年7月31日 已记录的情况').waitFor()
  await page.locator('.tag.state-assigned').waitFor()
  await page.getByText('还没有进展报告。').waitFor()
  await page.getByText('还没有审核记录。').waitFor()
  expect(await page.getByText('滞后挂牌中').count()).toBe(0)
  expect(await facts.innerText()).toContain('2023年8月31日')
  await accessible(page, 'a task of the past')
  await picture(page, 'task-as-of')
  // The end of the day on which it was reported and flagged.
  await page.getByLabel('截至哪天的情况').fill('2023-08-31')
  await page.getByText('滞后挂牌中').waitFor()
  await page.getByRole('button', { name: '第 1 次 已采用' }).waitFor()
  await page.getByLabel('截至哪天的情况').fill('2022-08-31')
  await page.getByText('截至 2022年8月31日 还没有此任务').waitFor()
  await page.getByRole('button', { name: '回到现在' }).click()
  await state.waitFor()
  await context.close()
})
