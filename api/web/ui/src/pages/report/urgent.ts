import type { components } from '@/api/schema'
import type { Task } from '@/api/types'

type Item = components['schemas']['InboxItem']

/** Why a task is back with its district: the text that says it, the reviewer's reason, who and when. */
export interface Why { word: 'returned' | 'rejected' | 'flagOpen'; reason: string; by: string; at: string }

const words: Record<string, Why['word']> = { return: 'returned', reject_rectification: 'rejected', flag: 'flagOpen' }

/**
 * Why a task waits for its district again, from what happened (newest first): a report
 * sent back in the period that the task is in, or the flag that is open.
 */
export function whyOf(task: Pick<Task, 'id' | 'state' | 'period' | 'flag_id'>, happened: Item[]): Why | undefined {
  if (task.state !== 'assigned' && task.state !== 'flagged_lagging') return undefined
  const item = happened.find((i) => i.task_id === task.id && words[i.event] && (task.flag_id || (i.event === 'return' && i.period === task.period)))
  return item && { word: words[item.event]!, reason: item.reason ?? '', by: item.by, at: item.at }
}

/** What was sent back first, then what is flagged, then the rest; each in the order given. */
export function urgentFirst<R extends { task: Pick<Task, 'flag_id'>; why?: Why }>(rows: R[]): R[] {
  const rank = (r: R) => (r.why && r.why.word !== 'flagOpen' ? 0 : r.task.flag_id ? 1 : 2)
  return [...rows].sort((a, b) => rank(a) - rank(b))
}
