import { onBeforeUnmount, reactive } from 'vue'
import { answer, api } from '@/api/client'
import { ApiProblem } from '@/api/problem'
import type { components } from '@/api/schema'

export type Draft = components['schemas']['Draft']
export type Body = Omit<components['schemas']['SaveDraftInput'], 'revision' | '$schema'>

/** How long one must have stopped typing before the draft is saved, in milliseconds. */
const pause = 800

/** How long after a failure it is tried again, in milliseconds. */
const again = 5_000

/**
 * Saves a draft on the server as one types. Where another window saved meanwhile, it
 * stops and shows what that one saved: neither overwrites the other unasked.
 */
export function useDraft(task: string, body: () => Body) {
  const state = reactive({ savedAt: '', unsaved: false, problem: null as ApiProblem | null, other: null as Draft | null })
  let revision = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let saving: Promise<void> | null = null
  let ended = false

  function begin(draft: Draft | undefined): void {
    revision = draft?.revision ?? 0
    state.savedAt = draft?.saved_at ?? ''
  }

  function touch(): void {
    if (ended) return
    state.unsaved = true
    schedule(pause)
  }

  function schedule(after: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void save(), after)
  }

  async function save(): Promise<void> {
    await settle()
    if (ended || state.other || !state.unsaved) return
    saving = once()
    try {
      await saving
    } finally {
      saving = null
    }
  }

  /** Starts no saving, and waits for the one that is under way: a report takes its draft along. */
  async function settle(): Promise<void> {
    clearTimeout(timer)
    while (saving) await saving
  }

  async function once(): Promise<void> {
    state.unsaved = false
    try {
      const saved = await answer(api.PUT('/api/v1/tasks/{id}/draft', { params: { path: { id: task } }, body: { ...body(), revision } as never }))
      const draft = saved.draft!
      revision = draft.revision
      state.savedAt = draft.saved_at
      state.problem = null
    } catch (thrown) {
      if (!(thrown instanceof ApiProblem)) throw thrown
      state.unsaved = true
      state.problem = thrown
      if (thrown.problem.draft) state.other = thrown.problem.draft
      else if (thrown.unanswered) schedule(again)
    }
  }

  /** Goes on with one's own text over what the other window saved. */
  async function keepMine(): Promise<void> {
    revision = state.other?.revision ?? revision
    state.other = null
    state.unsaved = true
    await save()
  }

  /** Takes what the other window saved; the caller shows it. */
  function takeOther(): Draft | null {
    const other = state.other
    state.other = null
    state.unsaved = false
    begin(other ?? undefined)
    return other
  }

  /** The report was accepted, which removed the draft: nothing more is saved. */
  function end(): void {
    ended = true
    state.unsaved = false
    clearTimeout(timer)
  }

  onBeforeUnmount(() => {
    if (state.unsaved) void save()
    clearTimeout(timer)
  })

  return { state, begin, touch, save, settle, keepMine, takeOther, end }
}
