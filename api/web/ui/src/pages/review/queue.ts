import { keepPreviousData, useQueries, useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useRoute } from 'vue-router'
import { answerJSON, api } from '@/api/client'
import type { Task } from '@/api/types'

/** The parts of the queue, each as the server is asked for it; reports of one's own are in none. */
export const parts = {
  all: { review: 'mine', sort: 'waiting' },
  waiting: { review: 'mine', flagged: 'false', sort: 'waiting' },
  rectifications: { review: 'mine', flagged: 'true', sort: 'waiting' },
  flagged: { state: 'flagged_lagging', sort: 'due' },
  missed: { state: 'assigned', overdue: 'true', sort: 'due' },
} as const

export type Part = keyof typeof parts

export const partNames = Object.keys(parts) as Part[]

const filters = ['campaign', 'region', 'period', 'q'] as const

/**
 * Whether a report may be approved together with others: not where the verdict rests
 * on the reviewer's own word, which a list does not ask for.
 */
export function approvable(task: Task): boolean {
  return task.newest?.status === 'waiting' && (task.standing?.allowed.includes('approve') ?? false) && !wantsWord(task)
}

export function wantsWord(task: Task): boolean {
  return task.measures.some((m) => m.kind === 'qualitative')
}

/** The page of the queue that the address names, what waits longest first. */
export function useQueue() {
  const route = useRoute()
  const named = (name: string) => (typeof route.query[name] === 'string' ? (route.query[name] as string) : '')
  const part = computed<Part>(() => partNames.find((p) => p === named('part')) ?? 'all')
  const filtered = computed(() => Object.fromEntries(filters.filter((f) => named(f)).map((f) => [f, named(f)])))
  /** The query of the address, for links that come back to the same page. */
  const asked = computed(() => ({ ...filtered.value, ...(part.value === 'all' ? {} : { part: part.value }), ...(named('cursor') ? { cursor: named('cursor') } : {}) }))
  const tasks = useQuery({
    queryKey: ['tasks', 'queue', asked],
    queryFn: () => {
      const cursor = named('cursor')
      const query = { ...filtered.value, ...parts[part.value], with: 'report', limit: 50, ...(cursor ? { cursor } : {}) }
      return answerJSON(api.GET('/api/v1/tasks', { params: { query: query as never } }))
    },
    placeholderData: keepPreviousData,
  })
  return { tasks, asked, part, filtered }
}

/** How many tasks each part has with the filters of the address. */
export function useCounts(filtered: ReturnType<typeof useQueue>['filtered']) {
  const counts = useQueries({
    queries: computed(() => partNames.map((part) => ({
      queryKey: ['tasks', 'queue', 'count', part, filtered.value],
      queryFn: () => answerJSON(api.GET('/api/v1/tasks', { params: { query: { ...filtered.value, ...parts[part], count: 'true', limit: 1 } as never } })),
    }))),
  })
  return (part: Part) => {
    const n = counts.value[partNames.indexOf(part)]?.data?.count
    return n === undefined ? '' : n >= 1000 ? '1000+' : String(n)
  }
}
