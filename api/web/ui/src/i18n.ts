import { computed } from 'vue'
import { createI18n } from 'vue-i18n'
import type { Text } from '@/api/types'
import type { Pair } from '@/texts/pair'

export type Language = 'zh-CN' | 'en'

// Each file of texts/ is a name space of its own: texts/task.ts gives "task.…".
const parts = import.meta.glob<{ default: Pair<Record<string, unknown>> }>(['./texts/*.ts', '!./texts/pair.ts'], { eager: true })

const messages: Record<Language, Record<string, unknown>> = { 'zh-CN': {}, en: {} }
for (const [path, part] of Object.entries(parts)) {
  const name = path.slice(path.lastIndexOf('/') + 1, -'.ts'.length)
  messages['zh-CN'][name] = part.default.zh
  messages.en[name] = part.default.en
}

const remembered = 'duban.language'

function initial(): Language {
  const kept = localStorage.getItem(remembered)
  if (kept === 'zh-CN' || kept === 'en') return kept
  return navigator.language.toLowerCase().startsWith('en') ? 'en' : 'zh-CN'
}

export const i18n = createI18n<false>({
  legacy: false,
  locale: initial(),
  fallbackLocale: 'zh-CN',
  messages: messages as never,
})

export const language = computed<Language>(() => i18n.global.locale.value as Language)

/** Shows the page in a language from now on, in this browser; session.ts keeps it with the person. */
export function speak(chosen: Language): void {
  i18n.global.locale.value = chosen as never
  document.documentElement.lang = chosen
  localStorage.setItem(remembered, chosen)
}

export const t = i18n.global.t as unknown as (key: string, values?: Record<string, unknown> | number) => string

/** The reader's half of a text that the server gives in both languages. */
export function say(text: Text | undefined): string {
  return text ? (language.value === 'en' ? text.en : text.zh) : ''
}
