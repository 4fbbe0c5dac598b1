import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessible, picture, World } from './world'

let world: World
let flagged: { login: string; code: string; id: string }[] = []
const logins: Record<string, string> = { 440703: 'pengjiang', 440704: 'jianghai', 440705: 'xinhui', 440781: 'taishan', 440783: 'kaiping', 440784: 'heshan', 440785: 'enping' }

beforeAll(async () => {
  world = await World.start()
  await world.report('pengjiang', '440703-S3', '已完成清淤6公里，汛期施工受阻。')
  const tasks = (await world.as('reviewer', 'GET', '/tasks?state=flagged_lagging&limit=200')).items
  flagged = tasks.map((x: any) => ({ login: logins[x.region]!, code: x.code, id: x.id }))
  for (const one of flagged.slice(0, 4)) await world.report(one.login, one.code, '已按要求整改，补充完成12.5%，并附佐证。')
})
afterAll(async () => {
  await world.end()
  expect(world.wrong).toEqual([])
})

test('a reviewer overrides with a reason, flags, rejects and confirms, by keyboard, and sees what another did', async () => {
  const { page } = await world.person('reviewer')
  await page.waitForURL('**/app/queue')
  await page.getByRole('row').nth(1).waitFor()
  await accessible(page, 'queue')
  await picture(page, 'queue')
  // Where the verdict rests on the reviewer's word, a report is not approved with others.
  expect(await page.getByRole('row', { name: /440703-S3/ }).getByRole('checkbox').count()).toBe(0)
  await page.getByRole('link', { name: /挂牌中/ }).click()
  await page.getByRole('row', { name: new RegExp(flagged[5]!.code) }).waitFor()
  await accessible(page, 'flagged tasks')
  await page.getByRole('link', { name: /全部待办/ }).click()
  await page.getByRole('row', { name: /440703-S3/ }).waitFor()

  // A flag, with the keys alone.
  await page.getByRole('row', { name: /440703-S3/ }).getByRole('link', { name: /审核/ }).click()
  await page.getByRole('heading', { name: '本次报告' }).waitFor()
  await page.keyboard.press('?')
  await accessible(page, 'help on keys')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  // To approve with another verdict asks for a reason.
  await page.getByLabel('最终评定').selectOption('on_schedule')
  await page.getByRole('button', { name: '办理：通过' }).click()
  await page.getByRole('alert').first().waitFor()
  await accessible(page, 'override refused')
  await page.locator('h1').click()
  await page.keyboard.press('f')
  await page.locator('textarea[name=reason]').fill('仅完成六成，请倒排工期。')
  await page.getByLabel('最终评定').selectOption('behind')
  await page.keyboard.press('Control+Enter')
  await page.getByText('已办理：挂牌').waitFor()

  // The next of the queue is open. It is a rectification: what changed is marked.
  await page.locator('ins').filter({ hasText: '12.5%' }).first().waitFor()
  await accessible(page, 'review of a rectification')
  await picture(page, 'review')
  await page.getByRole('button', { name: '整改不通过' }).click()
  await page.getByRole('button', { name: '整改尚未到位，请继续整改。' }).click()
  const rejected = page.url()
  await page.getByRole('button', { name: '办理：整改不通过' }).click()
  await page.getByText('已办理：整改不通过').waitFor()

  // Another reviewer is faster: who it was is said, and what was typed stays.
  await page.waitForURL((url) => url.href !== rejected)
  await page.getByRole('button', { name: '整改不通过', exact: true }).waitFor()
  const id = new URL(page.url()).pathname.split('/').pop()!
  const view = await world.as('reviewer2', 'GET', `/tasks/${id}`)
  await world.as('reviewer2', 'POST', `/tasks/${id}/confirm_rectified`, { report_number: view.report.number, report_digest: view.report.digest })
  await page.locator('textarea[name=reason]').fill('整改到位。')
  await page.getByRole('button', { name: '办理：确认整改' }).click()
  await page.getByText('市级审核员二（演示）').first().waitFor()
  await accessible(page, 'conflict')
  await picture(page, 'conflict')
  expect(await page.locator('textarea[name=reason]').inputValue()).toBe('整改到位。')
  await page.getByRole('button', { name: '重新读取' }).click()
  await page.getByText('此任务目前没有需要您办理的审核').waitFor()
})

test('many are approved at once, with a result for each; on a phone one approves too', async () => {
  const mine: string[] = []
  const reviewed = (await world.as('reviewer', 'GET', '/tasks?state=reviewed&limit=200')).items
  expect(reviewed.length).toBeGreaterThan(2)
  // A new period brings new reports to approve.
  await world.as('supervisor', 'POST', '/campaigns/jm-2023/periods/2023-q3/open', { leave_waiting: true }).catch(async () => {
    const periods = (await world.as('supervisor', 'GET', '/campaigns/jm-2023/periods')).items
    await world.as('supervisor', 'POST', `/campaigns/jm-2023/periods/${periods[1].code}/open`, { leave_waiting: true })
  })
  for (const x of reviewed.filter((x: any) => x.code.includes('-S')).slice(0, 4)) {
    await world.report(logins[x.region]!, x.code, '按计划推进。')
    mine.push(x.code)
  }
  const { page } = await world.person('reviewer')
  await page.goto('/app/queue?part=waiting')
  for (const code of mine.slice(0, 3)) await page.getByLabel(`选择 ${code}`).check()
  await page.getByRole('button', { name: '批量通过（3）' }).click()
  await accessible(page, 'approve several')
  // One of them is sent back meanwhile by another.
  const back = reviewed.find((x: any) => x.code === mine[2])
  await world.as('reviewer2', 'POST', `/tasks/${back.id}/return`, { reason: '材料不全。' })
  // The connection is lost; a repeat does what was asked, once.
  await world.stop()
  await page.getByRole('dialog').getByRole('button', { name: '通过' }).click()
  await page.getByRole('dialog').getByRole('alert').waitFor()
  await world.serve()
  await page.getByRole('dialog').getByRole('button', { name: '通过' }).click()
  await page.getByText('已通过 2 项，未通过 1 项。').waitFor()
  await page.getByRole('dialog').getByText('市级审核员二（演示）').waitFor()
  await accessible(page, 'what came of approving several')
  await picture(page, 'bulk')

  const phone = await world.person('reviewer', { width: 390, height: 844 })
  await phone.page.goto('/app/queue?part=waiting')
  await accessible(phone.page, 'queue on a phone')
  await picture(phone.page, 'queue-phone')
  await phone.page.getByRole('link', { name: /^审核/ }).first().click()
  await phone.page.getByRole('heading', { name: '本次报告' }).waitFor()
  await accessible(phone.page, 'review on a phone')
  await picture(phone.page, 'review-phone')
  await phone.page.getByRole('button', { name: '办理：通过' }).click()
  await phone.page.getByText('已办理：通过').waitFor()
})

test('who wrote a report is not offered to approve it, and is refused; another returns it through the form', async () => {
  await world.as('secadmin', 'POST', '/users/enping/grants', { role: 'reviewer' })
  const id = await world.report('enping', '440785-S1', '按计划推进。')
  const author = await world.person('enping')
  await author.page.goto(`/app/review/${id}`)
  await author.page.getByText('本人上报的报告由他人审核').waitFor()
  await author.page.getByRole('button', { name: '退回', exact: true }).waitFor()
  expect(await author.page.getByRole('button', { name: '通过', exact: true }).count()).toBe(0)
  await accessible(author.page, 'a report of one’s own')

  // A page that believes otherwise gets the server's refusal, and nothing happens.
  await author.page.route(`**/api/v1/tasks/${id}`, async (route) => {
    const response = await route.fetch()
    const view = await response.json()
    await route.fulfill({ response, json: { ...view, allowed: [...view.allowed, { name: 'approve', label: { zh: '通过', en: 'Approve' }, needs: [] }] } })
  })
  await author.page.reload()
  await author.page.getByRole('button', { name: '通过', exact: true }).click()
  await author.page.getByRole('button', { name: '办理：通过' }).click()
  await author.page.getByRole('alert').getByText('不能审核自己上报的内容').waitFor()
  await accessible(author.page, 'approving refused')
  expect((await world.as('auditor', 'GET', `/tasks/${id}`)).task.state).toBe('reported')
  await author.page.unroute(`**/api/v1/tasks/${id}`)

  const { page, context } = await world.person('reviewer')
  await page.goto(`/app/review/${id}`)
  await page.getByRole('button', { name: '退回', exact: true }).click()
  await page.getByRole('button', { name: '办理：退回' }).click()
  await page.getByRole('alert').first().waitFor()
  expect(await page.locator('textarea[name=reason]').getAttribute('aria-invalid')).toBe('true')
  await page.locator('textarea[name=reason]').fill('缺少现场照片，请补充后重报。')
  await page.getByRole('button', { name: '办理：退回' }).click()
  await page.getByText('已办理：退回').waitFor()
  expect((await world.as('auditor', 'GET', `/tasks/${id}`)).task.state).toBe('assigned')

  await author.page.goto(`/app/tasks/${id}`)
  await author.page.getByText('已退回：缺少现场照片，请补充后重报。').waitFor()
  await author.page.getByRole('link', { name: '修改后重报' }).waitFor()
  await context.close()
  await author.context.close()
})
