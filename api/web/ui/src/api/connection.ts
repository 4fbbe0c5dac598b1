import { reactive } from 'vue'

/** What the page knows of the server between answers. */
export const connection = reactive({
  lost: false,
  /** When the server last counted a use of the session (asking for the inbox is none). */
  usedAt: Date.now(),
})
