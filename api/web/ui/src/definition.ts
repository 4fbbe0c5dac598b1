import { useQuery } from '@tanstack/vue-query'
import { answer, api } from '@/api/client'
import { say } from '@/i18n'

/** The workflow definition: states, events and roles with their labels. It changes with the program only. */
export function useDefinition() {
  return useQuery({ queryKey: ['definition'], queryFn: () => answer(api.GET('/api/v1/definition')), staleTime: Infinity })
}

/** The regions that the caller may see. */
export function useRegions() {
  return useQuery({ queryKey: ['regions'], queryFn: () => answer(api.GET('/api/v1/regions')), staleTime: 5 * 60_000 })
}

export function useCampaigns() {
  return useQuery({ queryKey: ['campaigns'], queryFn: () => answer(api.GET('/api/v1/campaigns')), staleTime: 60_000 })
}

/** The name of a region by its code: the code until names are there, or when the caller may not see it; '' for none. */
export function useRegionName(): (code?: string) => string {
  const regions = useRegions()
  return (code) => (code ? (regions.data.value?.items.find((r) => r.code === code)?.name ?? code) : '')
}

/** The label of a state by its name: the name until labels are there. */
export function useStateLabel(): (state: string) => string {
  const definition = useDefinition()
  return (state) => say(definition.data.value?.states.find((s) => s.name === state)?.label) || state
}
