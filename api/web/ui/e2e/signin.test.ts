import { afterAll, beforeAll, expect, test } from 'vitest'
import { Provider } from './provider'
import { totp } from './totp'
import { accessible, picture, World, type Person } from './world'

// The auditor needs a second factor here, and there is a provider to sign in by.
let world: World
let provider: Provider
beforeAll(async () => {
  world = await World.start(async (url) => {
    provider = await Provider.start(url)
    return { DUBAN_CONFIG: provider.configuration, DUBAN_AUTH_TOTP_REQUIRED: 'auditor' }
  })
})
afterAll(async () => {
  await world.end()
  await provider.end()
  expect(world.wrong).toEqual([])
})

test('one signs in, changes the language, which stays, and signs out', async () => {
  const visitor = await world.visitor()
  const { page } = visitor
  await page.goto('/app/account')
  await page.waitForURL('**/app/sign-in?next=/account')
  await accessible(page, 'sign-in')
  await page.locator('input[name=login]').fill('pengjiang')
  await page.locator('input[name=password]').fill('wrong-password')
  await page.locator('button[type=submit]').click()
  await page.getByRole('alert').waitFor()
  await accessible(page, 'sign-in refused')
  await world.signIn(page, 'pengjiang')
  await page.waitForURL('**/app/account')
  expect(await page.locator('h1').innerText()).toBe('我的账号')
  await accessible(page, 'account')
  await page.getByRole('button', { name: 'English' }).click()
  expect(await page.locator('h1').innerText()).toBe('My account')

  const elsewhere = await world.person('pengjiang')
  await elsewhere.page.getByRole('button', { name: 'Sign out' }).waitFor()

  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL('**/app/sign-in')
  await page.goto('/app/account')
  await page.waitForURL('**/app/sign-in?next=/account')
})

/** An auditor at the second step of signing in. */
async function atTheCode(): Promise<Person> {
  const visitor = await world.visitor()
  await visitor.page.goto('/app/sign-in?next=/audit')
  await world.signIn(visitor.page, 'auditor')
  await visitor.page.locator('input[name=code]').waitFor()
  return visitor
}

test('a role that needs a second factor sets it up while signing in, and then signs in by codes', async () => {
  const { page, context } = await atTheCode()
  const secret = (await page.locator('code.secret').innerText()).trim()
  expect(secret).toMatch(/^[A-Z2-7]{16,}$/)
  expect(await page.locator('svg.qr path').getAttribute('d')).toMatch(/^M\d+ \d+h1v1h-1z/)
  await accessible(page, 'a second factor that is demanded')
  await picture(page, 'sign-in-factor')
  // Until then there is nothing else to be had.
  const early = await context.newPage()
  await early.goto('/app/audit')
  await early.waitForURL('**/app/sign-in?next=/audit')
  await early.close()

  const wrong = totp(secret) === '000000' ? '000001' : '000000'
  await page.locator('input[name=code]').fill(wrong)
  await page.getByRole('button', { name: '验证' }).click()
  await page.getByRole('alert').waitFor()
  await accessible(page, 'a wrong code while setting up')
  const first = totp(secret)
  await page.locator('input[name=code]').fill(first)
  await page.getByRole('button', { name: '验证' }).click()
  await page.getByRole('heading', { name: '恢复码' }).waitFor()
  const recovery = await page.locator('.codes code').allInnerTexts()
  expect(new Set(recovery).size).toBeGreaterThanOrEqual(8)
  await accessible(page, 'recovery codes')
  await picture(page, 'sign-in-recovery')
  await page.getByRole('button', { name: '已保存，继续' }).click()
  await page.waitForURL('**/app/audit')
  await page.getByRole('row').nth(1).waitFor()
  await context.close()

  // A code is good once: the one that was used, and one that is wrong, are refused.
  const again = await atTheCode()
  expect(await again.page.locator('code.secret').count()).toBe(0)
  for (const code of [first, wrong]) {
    await again.page.locator('input[name=code]').fill(code)
    const [answer] = await Promise.all([again.page.waitForResponse('**/api/v1/session/totp'), again.page.getByRole('button', { name: '验证' }).click()])
    expect(answer.status()).toBe(403)
    await again.page.getByRole('alert').waitFor()
  }
  await accessible(again.page, 'a wrong code')
  // The next code is of the next half minute, which clocks may already have.
  await again.page.locator('input[name=code]').fill(totp(secret, Date.now() + 30_000))
  await again.page.getByRole('button', { name: '验证' }).click()
  await again.page.waitForURL('**/app/audit')
  await again.context.close()

  const lost = await atTheCode()
  await lost.page.locator('input[name=code]').fill(recovery[0]!)
  await lost.page.getByRole('button', { name: '验证' }).click()
  await lost.page.waitForURL('**/app/audit')
  await lost.context.close()
  const twice = await atTheCode()
  await twice.page.locator('input[name=code]').fill(recovery[0]!)
  await twice.page.getByRole('button', { name: '验证' }).click()
  await twice.page.getByRole('alert').waitFor()
  await twice.context.close()
})

test('one signs in by the provider, comes where one wanted to, and again when the session has ended', async () => {
  const visitor = await world.visitor()
  const { page, context } = visitor
  await page.goto('/app/queue')
  await page.waitForURL('**/app/sign-in?next=/queue')
  await accessible(page, 'sign-in with a provider')
  await picture(page, 'sign-in')
  await page.getByRole('link', { name: '统一身份认证登录' }).click()
  await provider.signIn(page, 'hong.reviewers')
  await page.waitForURL('**/app/queue')
  await page.getByRole('link', { name: '来自hong.reviewers' }).waitFor()

  // A form is open when the session ends: the provider opens beside it.
  const task = await world.report('pengjiang', '440703-S3', '已完成清淤6公里，汛期施工受阻。')
  await page.goto(`/app/review/${task}`)
  await page.getByRole('button', { name: '退回' }).first().click()
  await page.locator('textarea[name=reason]').fill('佐证材料不全，请补充。')
  world.duban('user', 'end', 'hong.reviewers')
  await page.getByRole('button', { name: '办理：退回' }).click()
  const again = page.getByRole('dialog', { name: '登录已失效' })
  await again.waitFor()
  await accessible(page, 'signing in again by a provider')
  await picture(page, 'sign-in-again')
  const [beside] = await Promise.all([context.waitForEvent('page'), again.getByRole('link', { name: '统一身份认证登录' }).click()])
  await provider.signIn(beside, 'hong.reviewers')
  await beside.getByRole('heading', { name: '登录成功' }).waitFor()
  await accessible(beside, 'signed in beside')
  await beside.close()
  // A browser that tells of the focus has gone on by itself.
  await again.getByRole('button', { name: '已在新窗口登录，继续' }).click({ timeout: 5_000 }).catch(() => undefined)
  await page.getByText('已办理：退回').waitFor()
  const done = await world.as('auditor', 'GET', `/tasks/${task}/timeline`)
  expect(done.items.filter((e: any) => e.event.name === 'return')).toHaveLength(1)
  await context.close()
})

test('whom no rule of the provider lets in is told so, and what to do', async () => {
  const { page, context } = await world.visitor()
  await page.goto('/app/sign-in')
  await page.getByRole('link', { name: '统一身份认证登录' }).click()
  await provider.signIn(page, 'ming.nobody')
  await page.waitForURL('**/auth/oidc/callback**')
  await page.getByText('安全管理员').waitFor()
  await accessible(page, 'refused by the rules')
  await picture(page, 'sign-in-refused')
  await page.getByRole('link', { name: /返回首页/ }).click()
  await page.waitForURL('**/app/sign-in')
  // A disabled account is refused too, in words of its own.
  await page.getByRole('link', { name: '统一身份认证登录' }).click()
  await provider.signIn(page, 'lan.reporters')
  await page.waitForURL('**/app/mine')
  world.duban('user', 'disable', 'lan.reporters')
  await context.clearCookies()
  await page.goto('/app/sign-in')
  await page.getByRole('link', { name: '统一身份认证登录' }).click()
  await provider.signIn(page, 'lan.reporters')
  await page.getByText('停用').waitFor()
  await context.close()
})
