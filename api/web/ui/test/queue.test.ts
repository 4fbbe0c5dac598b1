import { expect, test } from 'vitest'
import type { Task } from '@/api/types'
import { approvable } from '@/pages/review/queue'

const waiting = { newest: { status: 'waiting' }, standing: { allowed: ['approve', 'return'] }, measures: [{ kind: 'cumulative' }] }

test.each<[string, object, boolean]>([
  ['a waiting report of figures', {}, true],
  ['one that rests on the reviewer\'s own word', { measures: [{ kind: 'cumulative' }, { kind: 'qualitative' }] }, false],
  ['one that was withdrawn', { newest: { status: 'withdrawn' } }, false],
  ['no report', { newest: undefined }, false],
  ['a rectification, which is confirmed and not approved', { standing: { allowed: ['confirm_rectification'] } }, false],
  ['a task one may do nothing about', { standing: undefined }, false],
])('%s: to be approved together with others %s', (_, change, want) => {
  expect(approvable({ ...waiting, ...change } as unknown as Task)).toBe(want)
})
