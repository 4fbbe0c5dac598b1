import { computed, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/**
 * Filters that live in the address, so that they survive a reload and can be sent to
 * others. Setting one goes back to the first page (drops "cursor").
 */
export function useAddressed<K extends string>(names: readonly K[]): Record<K, WritableComputedRef<string>> {
  const route = useRoute()
  const router = useRouter()
  const one = (name: K) =>
    computed({
      get: () => (typeof route.query[name] === 'string' ? (route.query[name] as string) : ''),
      set: (value: string) => {
        const query: Record<string, string> = {}
        for (const [k, v] of Object.entries(route.query)) if (typeof v === 'string' && k !== 'cursor') query[k] = v
        if (value) query[name] = value
        else delete query[name]
        void router.replace({ query })
      },
    })
  return Object.fromEntries(names.map((n) => [n, one(n)])) as Record<K, WritableComputedRef<string>>
}
