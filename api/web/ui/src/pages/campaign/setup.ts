import type { Campaign } from '@/api/types'
import type { components } from '@/api/schema'
import { t } from '@/i18n'

export type Draft = components['schemas']['NewCampaignBody']
export type DraftPeriod = Draft['periods'][number]

export const emptyPeriod = (): DraftPeriod => ({ code: '', label: '', cutoff: '', report_by: '' })

/** A campaign that nobody has filled in yet; the ratios are those of most campaigns. */
export function empty(): Draft {
  return { code: '', title: '', starts: '', assessment: { version: 1, nearly_ratio: '0.70', pace_ratio: '0.70' }, regions: [], periods: [emptyPeriod()] }
}

/** A campaign that is there, to be extended: the draft shares nothing with it. */
export function extended(c: Campaign): Draft {
  return { code: c.code, title: c.title, starts: c.starts, assessment: { ...c.assessment }, regions: [...c.regions], periods: c.periods.map((p) => ({ ...p })) }
}

/** The periods that a year usually has; when districts must have reported is for the office to say. */
export function usualPeriods(year: string): DraftPeriod[] {
  return ([['h1', '06-30'], ['q3', '09-30'], ['fy', '12-31']] as const).map(([code, day]) => ({ code: `${year}-${code}`, label: t('campaign.usual_' + code), cutoff: `${year}-${day}`, report_by: '' }))
}

const sameFigure = (a: string | undefined, b: string | undefined) => Number(a) === Number(b)

/**
 * What is sent: without stray spaces, regions in the order of their codes. Other ratios
 * than those in force are a new version of the parameters.
 */
export function said(draft: Draft, was?: Campaign): Draft {
  const { nearly_ratio = '', pace_ratio = '', version = 1 } = draft.assessment ?? {}
  const assessment = { version, nearly_ratio: nearly_ratio.trim(), pace_ratio: pace_ratio.trim() }
  if (was && !(sameFigure(assessment.nearly_ratio, was.assessment.nearly_ratio) && sameFigure(assessment.pace_ratio, was.assessment.pace_ratio))) {
    assessment.version = (was.assessment.version ?? 1) + 1
  }
  return {
    code: draft.code.trim(), title: draft.title.trim(), starts: draft.starts, assessment, regions: [...draft.regions].sort(),
    periods: draft.periods.map((p) => ({ ...p, code: p.code.trim(), label: p.label.trim() })),
  }
}
