import { computed, watch } from 'vue'
import { useAddressed } from '@/addressed'
import { useCampaigns } from '@/definition'

/** The campaign and period that the address names; the first campaign's open period where it names none. */
export function useChosenPeriod() {
  const f = useAddressed(['campaign', 'period', 'as_of'] as const)
  const campaigns = useCampaigns()
  const items = computed(() => campaigns.data.value?.items ?? [])
  const campaign = computed(() => items.value.find((c) => c.code === f.campaign.value) ?? items.value[0])
  const period = computed(() => {
    const all = campaign.value?.periods ?? []
    return all.find((p) => p.code === f.period.value) ?? all.find((p) => p.code === campaign.value?.open_period) ?? all[0]
  })
  watch(f.campaign, () => { f.period.value = '' })
  return { campaigns, items, campaign, period, picked: f }
}

export type ChosenPeriod = ReturnType<typeof useChosenPeriod>
