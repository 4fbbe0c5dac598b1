import { useQuery } from '@tanstack/vue-query'
import { watchEffect } from 'vue'
import { answer, api } from '@/api/client'
import { badges } from '@/layout/badges'
import { may, signedIn } from '@/session'

/** How often the page asks what is new, in milliseconds. Asking keeps no session alive. */
const pace = 60_000

/** What concerns the person, newest first, with counts; and the badges of the navigation. */
export function useInbox() {
  const inbox = useQuery({
    queryKey: ['inbox'],
    queryFn: () => answer(api.GET('/api/v1/inbox', { params: { query: { limit: 20 } } })),
    enabled: () => signedIn.value && may('task.read'),
    refetchInterval: pace,
  })
  const figure = (n: number | undefined) => (!n ? '' : n >= 100 ? '99+' : String(n))
  watchEffect(() => {
    const data = inbox.data.value
    badges.inbox = figure(data?.unread)
    badges.mine = figure((data?.counts.to_report ?? 0) + (data?.counts.flagged ?? 0))
    badges.review = figure((data?.counts.to_review ?? 0) + (data?.counts.to_confirm ?? 0))
  })
  return inbox
}
