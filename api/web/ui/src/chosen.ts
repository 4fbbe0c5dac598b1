import { computed } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useCampaigns } from '@/definition'

/**
 * The campaign, the report period and the past day that a page is about. They live in
 * the address; without one, it is the newest campaign and its open period.
 */
export function useChosenPeriod() {
  const route = useRoute()
  const router = useRouter()
  const campaigns = useCampaigns()
  const asked = (name: string) => (typeof route.query[name] === 'string' ? (route.query[name] as string) : '')

  const campaign = computed(() => {
    const all = campaigns.data.value?.items ?? []
    const named = asked('campaign')
    return named ? all.find((c) => c.code === named) : [...all].sort((a, b) => b.created_at.localeCompare(a.created_at))[0]
  })
  const period = computed(() => {
    const periods = campaign.value?.periods ?? []
    return periods.find((p) => p.code === (asked('period') || campaign.value?.open_period)) ?? periods[0]
  })
  const asOf = computed(() => asked('as_of'))

  /** Goes on to another choice; what belongs to the former one ("edition") is left behind. */
  function choose(choice: { campaign?: string; period?: string; as_of?: string }): void {
    const query: Record<string, string> = {}
    for (const name of ['campaign', 'period', 'as_of'] as const) {
      const value = choice[name] ?? (choice.campaign !== undefined && name === 'period' ? '' : asked(name))
      if (value) query[name] = value
    }
    void router.replace({ query })
  }

  return { campaigns, campaign, period, asOf, choose }
}
