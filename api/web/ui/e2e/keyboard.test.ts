import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { World } from './world'

// Each role's main path by the keyboard alone: whatever has the focus shows it, and after a
// step or a dialog it is where one goes on.
let world: World
beforeAll(async () => {
  world = await World.start()
  await world.report('pengjiang', '440703-S3', '已完成清淤6公里，汛期施工受阻。')
})
afterAll(async () => {
  await world.end()
  expect(world.wrong).toEqual([])
})

interface Focused { name: string; tag: string; visible: boolean; inDialog: boolean; behind: boolean }

/** What has the focus: its words, whether one sees that it has it, and where it is. */
function focused(): Focused {
  const e = document.activeElement as HTMLElement
  const labels = (e as HTMLInputElement).labels
  const name = e.getAttribute('aria-label') ?? (labels?.length ? labels[0]!.innerText : e.innerText ?? '')
  const style = getComputedStyle(e)
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0
  const dialogs = [...document.querySelectorAll<HTMLElement>('[role=dialog]')].filter((d) => d.getClientRects().length > 0)
  const inDialog = dialogs.some((d) => d.contains(e))
  return { name: name.replace(/\s+/g, ' ').trim(), tag: e.tagName, visible: ring || !!e.closest('.is-focus') || e.tagName === 'H1', inDialog, behind: dialogs.length > 0 && !inDialog }
}

/** Presses Tab until something of this name has the focus; what is passed shows its focus too. */
async function tabTo(page: Page, name: RegExp, within = 90): Promise<void> {
  const passed: string[] = []
  for (let i = 0; i < within; i++) {
    await page.keyboard.press('Tab')
    const now = await page.evaluate(focused)
    if (now.tag !== 'BODY') {
      expect(now.visible, `the focus on ${now.tag} "${now.name}" is seen`).toBe(true)
      expect(now.behind, `the focus on ${now.tag} "${now.name}" is behind a dialog`).toBe(false)
    }
    if (name.test(now.name)) return
    passed.push(now.name.slice(0, 20))
  }
  throw new Error(`Tab never came to ${name}: ${passed.join(' | ')}`)
}

/** Waits until the focus is on a heading, where a page that was just opened begins. */
async function atHeading(page: Page, text: RegExp): Promise<void> {
  await page.waitForFunction((source) => document.activeElement?.tagName === 'H1' && new RegExp(source).test(document.activeElement.textContent ?? ''), text.source)
}

/** Waits until the focus is in a dialog, as it must be when one has opened. */
async function inDialog(page: Page): Promise<void> {
  await expect.poll(async () => (await page.evaluate(focused)).inDialog, { message: 'the focus is in the dialog' }).toBe(true)
}

/** Waits until the dialog is gone and the focus is back on what had opened it. */
async function backOn(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await expect.poll(async () => (await page.evaluate(focused)).name, { message: 'the focus is back' }).toMatch(name)
}

async function enter(login: string): Promise<Page> {
  const { page } = await world.visitor()
  await page.goto('/app/sign-in')
  await page.locator('input[name=login]').waitFor()
  await tabTo(page, /^账号/)
  await page.keyboard.type(login)
  await tabTo(page, /^密码/)
  await page.keyboard.type(world.passwords[login]!)
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => !url.pathname.endsWith('/sign-in'))
  await page.locator('main h1').waitFor()
  return page
}

test('a reporter reports', async () => {
  const page = await enter('xinhui')
  await page.getByRole('row').nth(1).waitFor()
  await tabTo(page, /^填报整改$/)
  await page.keyboard.press('Enter')
  await atHeading(page, /填报整改/)
  await tabTo(page, /进展情况/)
  await page.keyboard.type('已按整改要求推进，材料齐备。')
  await page.getByText('草稿已保存').waitFor()
  await tabTo(page, /^上报$/)
  await page.keyboard.press('Enter')
  const warned = page.getByRole('dialog')
  const done = page.getByRole('button', { name: /待审核/ })
  await warned.or(done).first().waitFor()
  if (await warned.isVisible()) {
    await inDialog(page)
    await tabTo(page, /^核对无误，仍然上报$/)
    await page.keyboard.press('Enter')
  }
  await done.first().waitFor()
  await atHeading(page, /./)
  // And takes it back: the dialog closes onto the page.
  await tabTo(page, /^撤回$/)
  await page.keyboard.press('Enter')
  await inDialog(page)
  await page.keyboard.press('Escape')
  await backOn(page, /^撤回$/)
  await page.context().close()
})

test('a reviewer returns a report', async () => {
  const page = await enter('reviewer')
  await page.getByRole('row').nth(1).waitFor()
  await tabTo(page, /^审核\s*440703-S3|^审核/)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '本次报告' }).waitFor()
  await atHeading(page, /./)
  await page.keyboard.press('?')
  await inDialog(page)
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await tabTo(page, /^退回$/)
  await page.keyboard.press('Enter')
  await tabTo(page, /^理由/)
  await page.keyboard.type('佐证材料不全，请补充后重报。')
  await page.keyboard.press('Control+Enter')
  await page.getByText('已办理：退回').waitFor()
  await atHeading(page, /./)
  await page.context().close()
})

test('a supervisor edits a narrative and issues the table', async () => {
  const page = await enter('supervisor')
  await tabTo(page, /^进度滞后情况表$/)
  await page.keyboard.press('Enter')
  await page.locator('.paper tbody tr').first().waitFor()
  await atHeading(page, /进度滞后情况表/)
  await tabTo(page, /^改稿 ?440703-01$/)
  await page.keyboard.press('Enter')
  await inDialog(page)
  await page.keyboard.press('Escape')
  await backOn(page, /^改稿 ?440703-01$/)
  await page.keyboard.press('Enter')
  await inDialog(page)
  await tabTo(page, /^印发稿中的进展文字/)
  await page.keyboard.press('Control+A')
  await page.keyboard.type('相关加油站正在办理采购审批，尚未安装。')
  await tabTo(page, /^理由/)
  await page.keyboard.type('文字精简')
  await tabTo(page, /^保存$/)
  await page.keyboard.press('Enter')
  await backOn(page, /^改稿 ?440703-01$/)
  for (let i = 0; i < 90 && (await page.evaluate(focused)).name !== '印发'; i++) await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')
  await inDialog(page)
  await tabTo(page, /^确认缺/)
  await page.keyboard.press('Space')
  await tabTo(page, /^印发$/)
  await page.keyboard.press('Enter')
  await page.waitForURL('**edition=1')
  await page.getByRole('dialog').waitFor({ state: 'hidden' })
  await page.context().close()
})

test('an auditor opens an event and goes on to the task; an administrator makes an account', async () => {
  const auditor = await enter('auditor')
  await tabTo(auditor, /^审计记录$/)
  await auditor.keyboard.press('Enter')
  await auditor.getByRole('row').nth(1).waitFor()
  await tabTo(auditor, /详情/)
  await auditor.keyboard.press('Enter')
  await expect.poll(() => auditor.evaluate(() => document.activeElement?.getAttribute('aria-expanded'))).toBe('true')
  await auditor.context().close()

  const page = await enter('sysadmin')
  await page.getByRole('row').nth(1).waitFor()
  await tabTo(page, /^新建账号$/)
  await page.keyboard.press('Enter')
  await inDialog(page)
  await tabTo(page, /^登录名/)
  await page.keyboard.type('li.si')
  await tabTo(page, /^姓名/)
  await page.keyboard.type('李四')
  await tabTo(page, /^生成$/)
  await page.keyboard.press('Enter')
  await tabTo(page, /^新建$/)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: '李四' }).waitFor()
  await atHeading(page, /李四/)
  await page.context().close()
})

test('a security administrator gives a role and takes it back', async () => {
  const page = await enter('secadmin')
  await page.getByRole('row').nth(1).waitFor()
  await tabTo(page, /^reviewer2$/)
  await page.keyboard.press('Enter')
  await atHeading(page, /市级审核员二/)
  await tabTo(page, /^角色/)
  const value = () => page.evaluate(() => (document.activeElement as HTMLSelectElement).value)
  for (let i = 0; i < 9 && (await value()) !== 'supervisor'; i++) await page.keyboard.press('ArrowDown')
  await tabTo(page, /^授予角色$/)
  await page.keyboard.press('Enter')
  const given = page.getByRole('listitem').filter({ hasText: '督查员' })
  await given.waitFor()
  for (let i = 0; i < 5 && !/^收回 督查员/.test((await page.evaluate(focused)).name); i++) await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')
  await given.waitFor({ state: 'detached' })
  await tabTo(page, /^角色/, 2) // one goes on where the role was
  await page.context().close()
})
