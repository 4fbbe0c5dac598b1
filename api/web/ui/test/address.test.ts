import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { expect, test } from 'vitest'
import { defineComponent } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { useAddressed } from '@/addressed'
import { useChosenPeriod } from '@/chosen'
import CursorPager from '@/components/CursorPager.vue'
import { i18n, speak } from '@/i18n'

speak('zh-CN')

/** A page at an address, with what a composable gives it there. */
async function at<T>(address: string, use: () => T, known: [unknown[], unknown][] = []) {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/list', component: { template: '' } }] })
  await router.push(address)
  let given!: T
  const queryClient = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  for (const [key, data] of known) queryClient.setQueryData(key, data)
  mount(defineComponent({ setup: () => { given = use(); return () => null } }), { global: { plugins: [router, i18n, [VueQueryPlugin, { queryClient }]] } })
  return { router, given }
}

test('a filter is in the address, and a changed one begins at the first page', async () => {
  const { router, given } = await at('/list?region=440703&cursor=c2&unknown=1', () => useAddressed(['region', 'q'] as const))
  expect([given.region.value, given.q.value]).toEqual(['440703', ''])
  given.q.value = '清淤'
  await flushPromises()
  expect(router.currentRoute.value.query).toEqual({ region: '440703', unknown: '1', q: '清淤' })
  given.region.value = ''
  await flushPromises()
  expect(router.currentRoute.value.query).toEqual({ unknown: '1', q: '清淤' })
})

test('pages go on by the cursor of the answer and back to the first, with the filters kept', async () => {
  const { router } = await at('/list?region=440703', () => null)
  const pager = mount(CursorPager, { props: { next: 'c2' }, global: { plugins: [router, i18n] } })
  const press = async (word: RegExp) => { await pager.findAll('button').find((b) => word.test(b.text()))!.trigger('click'); await flushPromises() }
  await press(/下一页/)
  expect(router.currentRoute.value.query).toEqual({ region: '440703', cursor: 'c2' })
  await pager.setProps({ next: undefined })
  expect(pager.findAll('button').map((b) => b.attributes('disabled') === undefined)).toEqual([true, true, false])
  await press(/第一页/)
  expect(router.currentRoute.value.query).toEqual({ region: '440703' })
  expect(pager.find('nav').exists()).toBe(false) // a list of one page has no pager
})

const campaigns = { items: [
  { code: 'old', created_at: '2023-01-01T00:00:00Z', open_period: 'h1', periods: [{ code: 'h1' }, { code: 'fy' }] },
  { code: 'new', created_at: '2024-01-01T00:00:00Z', open_period: 'q2', periods: [{ code: 'q1' }, { code: 'q2' }] },
] }

test('without a choice it is the newest campaign and its open period; another campaign drops the period and the edition', async () => {
  const { router, given } = await at('/list?edition=2', useChosenPeriod, [[['campaigns'], campaigns]])
  expect([given.campaign.value?.code, given.period.value?.code]).toEqual(['new', 'q2'])
  given.choose({ period: 'q1', as_of: '2024-05-01' })
  await flushPromises()
  expect(router.currentRoute.value.query).toEqual({ period: 'q1', as_of: '2024-05-01' })
  given.choose({ campaign: 'old' })
  await flushPromises()
  expect(router.currentRoute.value.query).toEqual({ campaign: 'old', as_of: '2024-05-01' })
  expect([given.campaign.value?.code, given.period.value?.code]).toEqual(['old', 'h1'])
})
