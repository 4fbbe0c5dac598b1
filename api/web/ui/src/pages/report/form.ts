import type { Measure, Report } from '@/api/types'
import { percent, share, type Value, type Values } from '@/measures'

/** What is typed for one measure, as it stands in the fields: figures as text, shares as percent. */
export interface Typed {
  at_cutoff: string
  latest: string
  latest_on: string
  value: string
  verdict: string
  stages: Record<string, { done_on: string; percent: string }>
}

export type Form = Record<string, Typed>

export function blank(m: Measure): Typed {
  return { at_cutoff: '', latest: '', latest_on: '', value: '', verdict: '', stages: Object.fromEntries((m.stages ?? []).map((s) => [s.code, { done_on: '', percent: '' }])) }
}

/** The form that shows these values. */
export function shown(measures: Measure[], values: Values | undefined): Form {
  return Object.fromEntries(
    measures.map((m) => {
      const v = values?.[m.code] ?? {}
      const typed = blank(m)
      for (const k of ['at_cutoff', 'latest', 'latest_on', 'value', 'verdict'] as const) typed[k] = v[k] ?? ''
      for (const [code, s] of Object.entries(v.stages ?? {})) {
        if (typed.stages[code]) typed.stages[code] = { done_on: s.done_on ?? '', percent: s.share ? percent(s.share).replace('%', '') : '' }
      }
      return [m.code, typed]
    }),
  )
}

/** The values that the form says; what is empty is left out. */
export function said(form: Form): Values {
  const values: Values = {}
  for (const [code, typed] of Object.entries(form)) {
    const v: Value = {}
    for (const k of ['at_cutoff', 'latest', 'latest_on', 'value'] as const) if (typed[k].trim()) v[k] = typed[k].trim()
    if (typed.verdict) v.verdict = typed.verdict as Value['verdict']
    const stages: NonNullable<Value['stages']> = {}
    for (const [stage, s] of Object.entries(typed.stages)) {
      if (s.done_on) stages[stage] = { done_on: s.done_on }
      else if (s.percent.trim()) stages[stage] = { share: share(s.percent) }
    }
    if (Object.keys(stages).length) v.stages = stages
    if (Object.keys(v).length) values[code] = v
  }
  return values
}

/** What stands at a place that an error names, such as values.km.latest, as text that can be compared. */
export function standsAt(report: unknown, place: string): string {
  let found = report
  for (const part of place.split('.')) found = typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[part] : undefined
  return JSON.stringify(found) ?? ''
}

/**
 * What a new report begins with. For the same period, as after a return, everything of
 * the last one. For the next period only what lasts: figures reached, stages done, words
 * given; a measured value is of its period.
 */
export function carried(measures: Measure[], last: Report | undefined, period: string): Values {
  if (!last) return {}
  if (last.period === period) return last.values
  const values: Values = {}
  for (const m of measures) {
    const v = last.values[m.code]
    if (!v) continue
    if (m.kind === 'cumulative') {
      const reached = v.latest ?? v.at_cutoff
      if (reached) values[m.code] = { at_cutoff: reached, latest: reached, latest_on: v.latest_on }
    } else if (m.kind === 'stages') {
      const done = Object.fromEntries(Object.entries(v.stages ?? {}).filter(([, s]) => s.done_on))
      if (Object.keys(done).length) values[m.code] = { stages: done }
    } else if (m.kind === 'qualitative' && v.verdict) values[m.code] = { verdict: v.verdict }
  }
  return values
}
