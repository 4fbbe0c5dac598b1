import { expect, test } from 'vitest'
import type { Measure, Report, Review, Task } from '@/api/types'
import { percent, share } from '@/measures'
import { carried, said, shown } from '@/pages/report/form'
import { backOf } from '@/tasks'

test.each([['0.25', '25%'], ['0.3333', '33.33%'], ['1', '100%'], ['0', '0%'], ['0.05', '5%'], ['.5', '50%']])('the share %s is %s', (given, want) => {
  expect(percent(given)).toBe(want)
})

test.each([['25', '0.25'], ['33.33％', '0.3333'], ['5', '0.05'], ['100', '1'], ['0', '0'], ['约三成', '约三成']])('%s percent is the share %s', (typed, want) => {
  expect(share(typed)).toBe(want)
})

const measures = [
  { code: 'km', kind: 'cumulative' }, { code: 'build', kind: 'stages', stages: [{ code: 'a', name: '立项', due: '2023-06-30' }, { code: 'b', name: '建成', due: '2023-12-10' }] },
  { code: 'no2', kind: 'ceiling' }, { code: 'word', kind: 'qualitative' },
] as Measure[]
const values = {
  km: { at_cutoff: '6', latest: '7', latest_on: '2023-08-01' }, build: { stages: { a: { done_on: '2023-05-01' }, b: { share: '0.25' } } }, no2: { value: '23' }, word: { verdict: 'nearly' as const },
}

test('what the form shows says the same again', () => {
  expect(said(shown(measures, values))).toEqual(values)
})

test('a next period begins with what lasts; the same period with everything', () => {
  const last = { period: '2023-h1', values } as unknown as Report
  expect(carried(measures, last, '2023-h1')).toEqual(values)
  expect(carried(measures, last, '2023-q3')).toEqual({
    km: { at_cutoff: '7', latest: '7', latest_on: '2023-08-01' }, build: { stages: { a: { done_on: '2023-05-01' } } }, word: { verdict: 'nearly' },
  })
})

test('a report is sent back as long as no new one waits, in its own period', () => {
  const task = { period: 'h1' } as Task
  const reviews = [{ event: 'approve', period: 'h1' }, { event: 'return', period: 'h1' }] as Review[]
  expect(backOf(task, reviews)).toBe(reviews[1])
  expect(backOf({ ...task, report_id: 'newer' }, reviews)).toBeUndefined()
  expect(backOf({ ...task, period: 'q3' }, reviews)).toBeUndefined()
  expect(backOf(task, reviews.slice(0, 1))).toBeUndefined()
})
