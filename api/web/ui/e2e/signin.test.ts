import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessible, World } from './world'

let world: World
beforeAll(async () => { world = await World.start() })
afterAll(async () => {
  await world.end()
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
