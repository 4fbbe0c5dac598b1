import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { answer, answerJSON, api } from '@/api/client'
import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type LagRow = Schemas['LagRowBody']
export type Changes = Schemas['ChangesBody']
export type Edition = Schemas['Edition']
export type Gap = Schemas['LagGapBody']

/** A table as it stands on paper: the preview, or an edition. */
export interface Paper {
  title: string
  notes: string[]
  header: string[]
  rows: LagRow[]
  after: string[]
  foot: string
  pdf: boolean
}

export interface Place { campaign: string; period: string }

/** Where the API has the tables of a campaign and period. */
export function under(at: Place): string {
  return `/api/v1/campaigns/${encodeURIComponent(at.campaign)}/periods/${encodeURIComponent(at.period)}`
}

/** What the lag table page shows; each part is read when there is a place, and the whole again after a write. */
export function useLagTable(place: MaybeRefOrGetter<Place | undefined>, asOf: MaybeRefOrGetter<string>, edition: MaybeRefOrGetter<number>) {
  const at = computed(() => toValue(place))
  const path = () => ({ code: at.value!.campaign, period: at.value!.period })
  const key = (...parts: (string | number)[]) => ['lagtable', at.value?.campaign ?? '', at.value?.period ?? '', ...parts]
  const there = computed(() => at.value !== undefined)

  const preview = useQuery({
    queryKey: computed(() => key('preview', toValue(asOf))), enabled: computed(() => there.value && !toValue(edition)),
    queryFn: () => answerJSON(api.GET('/api/v1/campaigns/{code}/periods/{period}/lag-table', { params: { path: path(), query: toValue(asOf) ? { as_of: toValue(asOf) } : {} } })),
  })
  const issued = useQuery({
    queryKey: computed(() => key('edition', toValue(edition))), enabled: computed(() => there.value && toValue(edition) > 0),
    queryFn: () => answerJSON(api.GET('/api/v1/campaigns/{code}/periods/{period}/editions/{number}', { params: { path: { ...path(), number: toValue(edition) } } })),
  })
  const editions = useQuery({
    queryKey: computed(() => key('editions')), enabled: there,
    queryFn: () => answer(api.GET('/api/v1/campaigns/{code}/periods/{period}/editions', { params: { path: path() } })),
  })
  const edits = useQuery({
    queryKey: computed(() => key('edits')), enabled: there,
    queryFn: () => answer(api.GET('/api/v1/campaigns/{code}/periods/{period}/narratives', { params: { path: path() } })),
  })
  // What the next edition would change, while there is one to compare with.
  const last = computed(() => Math.max(0, ...(editions.data.value?.items ?? []).map((e) => e.number)))
  const pending = useQuery({
    queryKey: computed(() => key('changes', last.value, toValue(asOf))), enabled: computed(() => there.value && last.value > 0 && !toValue(edition)),
    queryFn: () => answerJSON(api.GET('/api/v1/campaigns/{code}/periods/{period}/lag-changes', { params: { path: path(), query: { from: last.value, ...(toValue(asOf) ? { as_of: toValue(asOf) } : {}) } } })),
  })

  return { preview, issued, editions, edits, last, pending }
}

/** Why a task has no verdict, by the key of its text: what is not reported is overdue once the day to report by has passed. */
export function gapWhy(gap: Gap, reportBy: string | undefined, known: string): string {
  return 'lagtable.' + (gap.reason === 'unreported' && reportBy && reportBy < known ? 'overdue' : gap.reason)
}
