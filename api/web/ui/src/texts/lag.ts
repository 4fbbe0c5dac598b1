import { pair } from './pair'

export default pair(
  {
    title: '进度滞后情况表', asOf: '截至某日（当时所知）', preview: '预览，尚未印发', known: '截至 {day}', gaps: '尚无最终评定的任务（{n}）', gap_unreported: '逾期未报', gap_unreviewed: '未审核',
    edit: '改稿', editTitle: '修改印发文字', original: '报告原文', narrative: '印发文字', edited: '已改稿', stale: '以下改稿所依据的报告已被新报告取代，不再采用：',
    issue: '印发', issueTitle: '印发第 {n} 期', issueText: '印发后内容不再改变。', acceptGaps: '下列任务尚无最终评定，逐项确认后方可印发：', issued: '已印发第 {n} 期。', editions: '已印发', edition: '第 {n} 期', noEditions: '尚未印发。', rows: '{n} 行', current: '现行（预览）', by: '印发人',
    changes: '与上一期的变化', changesOf: '第 {n} 期与上一期的变化', noChanges: '没有变化。', kind_added: '新增', kind_removed: '移出', kind_changed: '改变', wasText: '原', nowText: '现', downloads: '下载', pack: '会议材料', empty: '没有需要列入的任务。', number: '序号', checkpoint: '审计检查点',
  },
  {
    title: 'Lag table', asOf: 'As known on', preview: 'Preview, not issued', known: 'as known on {day}', gaps: 'Tasks without a final verdict ({n})', gap_unreported: 'not reported', gap_unreviewed: 'not reviewed',
    edit: 'Edit', editTitle: 'Edit what is printed', original: 'As reported', narrative: 'As printed', edited: 'edited', stale: 'These edits belong to reports that were replaced; they are not printed:',
    issue: 'Issue', issueTitle: 'Issue edition {n}', issueText: 'Once issued it does not change.', acceptGaps: 'These tasks have no final verdict; acknowledge each:', issued: 'Edition {n} is issued.', editions: 'Editions', edition: 'Edition {n}', noEditions: 'None yet.', rows: '{n} rows', current: 'Current (preview)', by: 'issued by',
    changes: 'Changes since the last', changesOf: 'Changes of edition {n}', noChanges: 'No changes.', kind_added: 'added', kind_removed: 'removed', kind_changed: 'changed', wasText: 'was', nowText: 'is', downloads: 'Download', pack: 'Meeting pack', empty: 'No task is to be listed.', number: 'No.', checkpoint: 'Checkpoint',
  },
)
