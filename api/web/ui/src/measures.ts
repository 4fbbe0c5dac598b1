import type { Measure, Report } from '@/api/types'
import { day } from '@/dates'
import { t } from '@/i18n'

export type Values = NonNullable<Report['values']>
export type Value = Values[string]

/** What a measure is called in a list: its name, with the station that it is measured at. */
export function measureName(m: Measure): string {
  return [m.station, m.name || m.code].filter(Boolean).join(' ')
}

/** The unit that figures are reported in: a share of a count in whole units, although its targets are percentages. */
export function figureUnit(m: Measure): string {
  return m.of ? m.of.unit : (m.unit ?? '')
}

/**
 * How many units of a count a percentage comes to, rounded up as the server does (10 %
 * of 8 stations is 1), without floating point.
 */
export function wholeUnits(count: number, percentage: string): string {
  const [whole = '', fraction = ''] = percentage.split('.')
  const hundred = 100n * BigInt('1' + '0'.repeat(fraction.length))
  return String((BigInt(count) * BigInt(whole + fraction) + hundred - 1n) / hundred)
}

/** What a measure asks for, a line for each target. */
export function asked(m: Measure): string[] {
  const unit = m.unit ?? ''
  switch (m.kind) {
    case 'cumulative': {
      const { of } = m
      const what = (value: string) => value + unit + (of ? t('task.ofCount', { n: wholeUnits(of.count, value), count: of.count, unit: of.unit }) : '')
      return (m.targets ?? []).map((x) => t('task.byDay', { day: day(x.due), what: what(x.value) }))
    }
    case 'stages':
      return (m.stages ?? []).map((s) => t('task.byDay', { day: day(s.due), what: s.name }))
    case 'ceiling':
      return [
        t('task.atMost', { value: (m.target ?? '') + unit }),
        ...(m.fallback ? [t('task.fallback', { value: m.fallback + unit }) + (m.fallback_assumed ? t('task.assumed') : '')] : []),
      ]
    default:
      return [t('task.qualitative')]
  }
}

/** What a report says of a measure, a line for each figure. */
export function reported(m: Measure, v: Value | undefined): string[] {
  if (!v) return []
  const unit = figureUnit(m)
  const lines: string[] = []
  if (v.at_cutoff) lines.push(t('task.atCutoff', { value: v.at_cutoff + unit }))
  if (v.latest) lines.push(t('task.latest', { value: v.latest + unit, day: day(v.latest_on) }))
  if (v.value) lines.push(v.value + unit)
  for (const s of m.stages ?? []) {
    const given = v.stages?.[s.code]
    if (given?.done_on) lines.push(t('task.stageDone', { name: s.name, day: day(given.done_on) }))
    else if (given?.share) lines.push(t('task.stageShare', { name: s.name, share: percent(given.share) }))
  }
  if (v.verdict) lines.push(t('verdict.' + v.verdict))
  return lines
}

/** A share such as 0.25 as 25%, without floating point: the digits are moved. */
export function percent(share: string): string {
  const found = /^(\d*)(?:\.(\d*))?$/.exec(share)
  if (!found) return share
  const fraction = (found[2] ?? '').padEnd(2, '0')
  const whole = ((found[1] ?? '') + fraction.slice(0, 2)).replace(/^0+(?=\d)/, '')
  const rest = fraction.slice(2).replace(/0+$/, '')
  return whole + (rest ? '.' + rest : '') + '%'
}

/** 25 or 25% as the share 0.25 that the server takes; what is no figure is left for it to refuse. */
export function share(percentage: string): string {
  const text = percentage.normalize('NFKC').replace(/%$/, '').trim()
  const found = /^(\d+)(?:\.(\d+))?$/.exec(text)
  if (!found) return text
  const digits = found[1]!.padStart(3, '0')
  return (digits.slice(0, -2).replace(/^0+(?=\d)/, '') + '.' + digits.slice(-2) + (found[2] ?? '')).replace(/\.?0+$/, '') || '0'
}
