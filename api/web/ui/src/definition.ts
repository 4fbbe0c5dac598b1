import { useQuery } from '@tanstack/vue-query'
import { answer, api } from '@/api/client'

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
