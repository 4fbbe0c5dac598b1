import { language } from '@/i18n'

// Everything is shown in the office's own time, wherever the browser is.
const zone = 'Asia/Shanghai'

/** A moment (RFC 3339) as day and minute. */
export function moment(at: string | undefined): string {
  if (!at) return ''
  return new Intl.DateTimeFormat(language.value === 'en' ? 'en-GB' : 'zh-CN', { timeZone: zone, dateStyle: 'medium', timeStyle: 'short' }).format(new Date(at))
}

/** A day (2023-06-30) as people write it. */
export function day(date: string | undefined): string {
  if (!date) return ''
  return new Intl.DateTimeFormat(language.value === 'en' ? 'en-GB' : 'zh-CN', { timeZone: 'UTC', dateStyle: 'medium' }).format(new Date(date.slice(0, 10) + 'T00:00:00Z'))
}

/** The day of a moment in the office, as 2023-06-30. */
export function dayOf(at: string | Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(new Date(at))
}

/** Today in the office, as 2023-06-30. */
export function today(): string {
  return dayOf(new Date())
}

/** The day that many working days after another; weekends do not count, holidays are not known here. */
export function afterWorkingDays(date: string, days: number): string {
  const at = new Date(date + 'T00:00:00Z')
  for (let left = days; left > 0; ) {
    at.setUTCDate(at.getUTCDate() + 1)
    if (at.getUTCDay() % 6 !== 0) left--
  }
  return at.toISOString().slice(0, 10)
}
