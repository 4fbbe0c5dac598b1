import { answer, api } from '@/api/client'
import { ApiProblem } from '@/api/problem'
import { forget } from '@/session'

/** What is to be kept first when somebody signs out: the draft of the form that is open. */
export const beforeLeaving = new Set<() => Promise<void>>()

/** Signs out and begins anew, so that nothing of the person stays in memory. */
export async function leave(): Promise<void> {
  for (const keep of beforeLeaving) await keep()
  try {
    await answer(api.DELETE('/api/v1/session'))
  } catch (thrown) {
    if (!(thrown instanceof ApiProblem) || thrown.status !== 401) throw thrown
  }
  forget()
  location.assign('/app/sign-in')
}
