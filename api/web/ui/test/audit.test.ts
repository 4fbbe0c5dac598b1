import { expect, test } from 'vitest'
import { compare } from '@/pages/audit/compare'

test('what changed is told value by value, added and removed values too', () => {
  expect(compare({ state: 'assigned', values: { km: '1' }, gone: 'x' }, { state: 'reported', values: { km: '1' }, list: ['a', 'b'] })).toEqual([
    { field: 'state', before: 'assigned', after: 'reported', changed: true },
    { field: 'values.km', before: '1', after: '1', changed: false },
    { field: 'gone', before: 'x', after: '', changed: true },
    { field: 'list.0', before: '', after: 'a', changed: true },
    { field: 'list.1', before: '', after: 'b', changed: true },
  ])
  expect(compare(undefined, null)).toEqual([])
  expect(compare({ state: 'assigned', version: 1 }, { task: { state: 'reported', version: 1 } })).toEqual([
    { field: 'task.state', before: 'assigned', after: 'reported', changed: true },
    { field: 'task.version', before: '1', after: '1', changed: false },
  ])
})
