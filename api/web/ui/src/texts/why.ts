import { pair } from './pair'

// The rules of an assessment by their code (workflow/assess), dots as underscores.
export default pair(
  {
    cumulative_at_cutoff: '截止日期时为 {actual}，应达到 {required}（{due} 前），已达到。',
    cumulative_late: '截止日期后达到：{done} 达到应完成的 {required}（应于 {due} 前）。',
    cumulative_ratio: '应于 {due} 前达到 {required}，最新为 {actual}，完成率 {ratio}；界线 {threshold}。',
    cumulative_pace: '尚未到期（{due} 前达到 {required}）。截止日期时为 {actual}，与按时间应有进度之比为 {ratio}；界线 {threshold}。',
    stages_on_time: '应于 {due} 前完成，{done} 完成。',
    stages_late: '应于 {due} 前完成，{done} 才完成。',
    stages_ratio: '应于 {due} 前完成，尚未完成，已完成 {ratio}；界线 {threshold}。',
    stages_not_done: '应于 {due} 前完成，尚未完成。',
    stages_pace: '尚未到期（{due}）。已完成份额与按时间应有进度之比为 {ratio}；界线 {threshold}。',
    ceiling_target: '监测值 {actual}，不超过目标 {required}。',
    ceiling_fallback: '监测值 {actual}，超过目标 {required}，不超过基准 {threshold}。',
    ceiling_above: '监测值 {actual}，超过目标 {required} 和基准 {threshold}。',
    qualitative_word: '按填报或审核的评定。',
    qualitative_unreported: '尚未填报，暂按按进度完成。',
    not_due: '尚未到期（{due}），本期不计。',
  },
  {
    cumulative_at_cutoff: '{actual} at the cutoff; {required} was due by {due}: reached.',
    cumulative_late: 'Reached after the cutoff: {required}, due by {due}, was reached on {done}.',
    cumulative_ratio: '{required} was due by {due}; the latest is {actual}, a ratio of {ratio}; threshold {threshold}.',
    cumulative_pace: 'Nothing is due yet ({required} by {due}). {actual} at the cutoff is {ratio} of the pace that time asks for; threshold {threshold}.',
    stages_on_time: 'Due by {due}, done on {done}.',
    stages_late: 'Due by {due}, done only on {done}.',
    stages_ratio: 'Due by {due}, not done; a share of {ratio} is; threshold {threshold}.',
    stages_not_done: 'Due by {due}, not done.',
    stages_pace: 'Not due yet ({due}). The share done is {ratio} of the pace that time asks for; threshold {threshold}.',
    ceiling_target: 'Measured {actual}, at most the target of {required}.',
    ceiling_fallback: 'Measured {actual}: above the target of {required}, at most the baseline of {threshold}.',
    ceiling_above: 'Measured {actual}: above the target of {required} and the baseline of {threshold}.',
    qualitative_word: 'By the word given.',
    qualitative_unreported: 'No word yet: on schedule until then.',
    not_due: 'Not due yet ({due}); not counted this period.',
  },
)
