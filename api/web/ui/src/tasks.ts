import { useQuery, type QueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { answer, api } from '@/api/client'
import type { Review, Task } from '@/api/types'

/** The last review where it sent the report of the task's period back and nothing waits for review since. */
export function backOf(task: Task | undefined, reviews: Review[] | undefined): Review | undefined {
  const last = reviews?.at(-1)
  return task && last && !task.report_id && last.period === task.period && ['return', 'reject_rectification'].includes(last.event) ? last : undefined
}

/**
 * All that the page shows of one task; each part is read when somebody looks at it. The
 * view can be that of a past day; the other parts are the whole history.
 */
export function useTask(id: MaybeRefOrGetter<string>, asOf: MaybeRefOrGetter<string> = '') {
  const path = computed(() => ({ params: { path: { id: toValue(id) } } }))
  const key = (part: string) => computed(() => ['task', toValue(id), part])
  const view = useQuery({
    queryKey: computed(() => ['task', toValue(id), 'view', toValue(asOf)]),
    queryFn: () => answer(api.GET('/api/v1/tasks/{id}', { params: { ...path.value.params, query: toValue(asOf) ? { as_of: toValue(asOf) } : {} } })),
  })
  const reports = useQuery({ queryKey: key('reports'), queryFn: () => answer(api.GET('/api/v1/tasks/{id}/reports', path.value)) })
  const reviews = useQuery({ queryKey: key('reviews'), queryFn: () => answer(api.GET('/api/v1/tasks/{id}/reviews', path.value)) })
  const flags = useQuery({ queryKey: key('flags'), queryFn: () => answer(api.GET('/api/v1/tasks/{id}/flags', path.value)) })
  const people = useQuery({ queryKey: key('people'), queryFn: () => answer(api.GET('/api/v1/tasks/{id}/people', path.value)) })

  function nameOf(who: string | undefined): string {
    return people.data.value?.items.find((p) => p.id === who)?.name ?? ''
  }

  /** Whether the server lets the caller carry out an event now. */
  function allows(event: string): boolean {
    return view.data.value?.allowed.some((e) => e.name === event) ?? false
  }

  /** The review that sent the report of the period back, while no new one was handed in. */
  const sentBack = computed(() => backOf(view.data.value?.task, reviews.data.value?.items))

  return { view, reports, reviews, flags, nameOf, allows, sentBack }
}

/** Has everything read again that a step of any task may have changed: the figures beside the navigation too. */
export async function stepped(queries: QueryClient): Promise<void> {
  await Promise.all(['task', 'tasks', 'inbox', 'overdue', 'dashboard', 'lagtable'].map((part) => queries.invalidateQueries({ queryKey: [part] })))
}
