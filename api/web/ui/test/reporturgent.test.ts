import { expect, test } from 'vitest'
import { figureUnit, wholeUnits } from '@/measures'
import { standsAt } from '@/pages/report/form'
import { urgentFirst, whyOf } from '@/pages/report/urgent'

const happened = [
  { task_id: 'b', event: 'reject_rectification', period: 'h1', reason: '台账不全', by: '李', at: '2' },
  { task_id: 'a', event: 'return', period: 'h1', reason: '数据不符', by: '李', at: '1' },
  { task_id: 'b', event: 'flag', period: 'h1', reason: '滞后', by: '李', at: '0' },
] as unknown as Parameters<typeof whyOf>[1]
const task = (id: string, state: string, flag_id?: string, period = 'h1') => ({ id, state, period, flag_id })

test('why a task is back is the newest that sent it back', () => {
  expect(whyOf(task('a', 'assigned'), happened)).toMatchObject({ word: 'returned', reason: '数据不符' })
  expect(whyOf(task('b', 'flagged_lagging', 'f'), happened)).toMatchObject({ word: 'rejected', reason: '台账不全' })
})

test('a return of an earlier period, or of what was reported since, says nothing now', () => {
  expect(whyOf(task('a', 'assigned', undefined, 'q3'), happened)).toBeUndefined()
  expect(whyOf(task('a', 'reported'), happened)).toBeUndefined()
  expect(whyOf(task('b', 'assigned'), happened)).toBeUndefined() // the flag is cleared
})

test('sent back comes before flagged, flagged before the rest, each by due date', () => {
  const rows = ['plain', 'flag', 'a', 'flag2', 'b'].map((id) => {
    const one = task(id, id === 'a' || id === 'plain' ? 'assigned' : 'flagged_lagging', id === 'a' || id === 'plain' ? undefined : 'f')
    return { task: one, why: whyOf(one, happened) }
  })
  expect(urgentFirst(rows).map((r) => r.task.id)).toEqual(['a', 'b', 'flag', 'flag2', 'plain'])
})

test('a share of a count is reported in whole units, never fewer than the share', () => {
  expect(figureUnit({ code: 's', kind: 'cumulative', unit: '%', of: { count: 8, unit: '座' } })).toBe('座')
  expect([['8', '10'], ['8', '50'], ['3', '33.4'], ['3', '33.3'], ['1000', '0.1'], ['7', '100']].map(([count, percent]) => wholeUnits(Number(count), percent!))).toEqual(['1', '4', '2', '1', '1', '7'])
})

test('an error stays at its field until that is another', () => {
  const report = (latest: string) => ({ narrative: '', values: { km: { latest } } })
  expect(standsAt(report('6'), 'values.km.latest')).toBe(standsAt(report('6'), 'values.km.latest'))
  expect(standsAt(report('6'), 'values.km.latest')).not.toBe(standsAt(report('7'), 'values.km.latest'))
  expect(standsAt(report('6'), 'values.other.latest')).toBe('')
})
