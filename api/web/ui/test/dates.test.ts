import { expect, test } from 'vitest'
import { afterWorkingDays } from '@/dates'

test('working days leave weekends out', () => {
  expect(afterWorkingDays('2023-09-01', 1)).toBe('2023-09-04') // Friday to Monday
  expect(afterWorkingDays('2023-09-02', 1)).toBe('2023-09-04') // from a Saturday
  expect(afterWorkingDays('2023-09-04', 10)).toBe('2023-09-18')
})
