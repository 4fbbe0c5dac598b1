import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useRoute } from 'vue-router'
import { answer, api } from '@/api/client'

const filters = ['campaign', 'region', 'period', 'q', 'flagged', 'cursor'] as const

/** The page of the queue that the address names; reports of one's own are never in it. */
export function useQueue() {
  const route = useRoute()
  const asked = computed(() => {
    const query: Record<string, string> = {}
    for (const f of filters) if (typeof route.query[f] === 'string') query[f] = route.query[f] as string
    return query
  })
  const tasks = useQuery({
    queryKey: ['tasks', 'queue', asked],
    queryFn: () => answer(api.GET('/api/v1/tasks', { params: { query: { ...asked.value, review: 'mine', count: 'true', limit: 50 } as never } })),
    placeholderData: keepPreviousData,
  })
  return { tasks, asked }
}
