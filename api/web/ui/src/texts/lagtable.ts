import { pair } from './pair'

export default pair(
  {
    title: '进度滞后情况表', table: '表', preview: '预览稿（未印发）', edition: '第 {n} 期', editionOf: '第 {n} 期，{at}',
    none: '没有可供查看的专项工作。', noPeriod: '没有这个专项工作或报告期。', empty: '本期没有进度滞后的任务。', emptyGaps: '已有评定的任务均按进度完成；尚缺评定的任务见上。',
    gaps: '尚无最终评定的任务（{n} 项）', gapsText: '这些任务不在表中。印发时须逐项确认，或先完成填报和审核。', unreported: '未报', overdue: '逾期未报', unreviewed: '未审核', rows: '表中 {n} 项',
    edit: '改稿', editOf: '改稿：{code}', edited: '已改稿', editText: '印发稿中的进展文字', editHint: '报告原文不变，只改印发的文字；不得增加报告中没有的数字或评定。', original: '报告原文', takeBack: '恢复报告原文', changedText: '与报告原文对照', editDone: '已改稿，预览稿已更新。', gone: '删去', added: '增加',
    edits: '改稿记录', noEdits: '本期没有改稿。', printed: '下一期采用', replaced: '已被取代或撤销', stale: '不再采用', staleNote: '有 {n} 处改稿不再采用：现行报告已是另一份，请重新核对。', before: '原文', after: '改为', editor: '改稿人',
    issue: '印发', issueTitle: '印发第 {n} 期', issueText: '印发后内容固定，不再随填报变化。', issueRows: '列入任务', issueGaps: '尚无最终评定，须逐项确认（已确认 {done}/{all}）', issueAll: '全部确认', issueKnown: '按 {day} 的情况印发。', confirmGap: '确认缺 {task}（{why}）', issued: '已印发第 {n} 期。', staleEdits: '未采用的改稿 {n} 处。', gapsLeft: '还有 {n} 项没有确认。', noChanges: '与第 {n} 期相比没有变更，仍可印发。', someChanges: '与第 {n} 期相比有 {rows} 项变更。',
    editions: '各期', noEditions: '本期还没有印发。', issuedAt: '印发时间', issuedBy: '印发人', look: '查看', acknowledged: '确认缺失', checkpoint: '审计检查点', part: '只列出您可以查看的区域。', gapsShort: '{n} 项',
    changes: '变更对照：{from} → {to}', kind: '变更', column: '栏目', was: '变更前', is: '变更后', added_row: '新增', removed_row: '删去', changed_row: '变更', titleWas: '标题原为：{title}', same: '没有变更。', compare: '与最近一期对照', changesFile: '下载变更对照（Word）',
    word: 'Word', excel: 'Excel', pdf: 'PDF', pack: '会议材料', packHint: '情况表及每项任务的经过、证据和证明（ZIP）', file: '下载 {what}', fetching: '正在准备 {what}……', paper: '版面', task: '任务', number: '期号',
  },
  {
    title: 'Lag table', table: 'Table', preview: 'Preview (not issued)', edition: 'No. {n}', editionOf: 'No. {n}, {at}',
    none: 'There is no campaign to look at.', noPeriod: 'There is no such campaign or period.', empty: 'No task lags in this period.', emptyGaps: 'All tasks with a verdict are on schedule; those without one are listed above.',
    gaps: 'Tasks without a final verdict ({n})', gapsText: 'They are not in the table. To issue it, each has to be acknowledged; or have them reported and reviewed first.', unreported: 'not reported yet', overdue: 'overdue, not reported', unreviewed: 'not reviewed', rows: '{n} tasks in the table',
    edit: 'Edit', editOf: 'Edit the narrative of {code}', edited: 'edited', editText: 'Narrative as it is printed', editHint: 'The report stays as it is; only what is printed changes. No figure or verdict may be added that the report does not have.', original: 'As reported', takeBack: 'Put the report’s own words back', changedText: 'Against the report', editDone: 'Edited; the preview shows it.', gone: 'removed', added: 'added',
    edits: 'Edits', noEdits: 'No edits in this period.', printed: 'in the next edition', replaced: 'replaced or taken back', stale: 'not printed any more', staleNote: '{n} edits are not printed any more: another report counts by now. Please check them again.', before: 'Before', after: 'After', editor: 'Editor',
    issue: 'Issue', issueTitle: 'Issue no. {n}', issueText: 'What is issued stays as it is, whatever is reported later.', issueRows: 'Tasks listed', issueGaps: 'Without a final verdict; acknowledge each ({done} of {all})', issueAll: 'Acknowledge all', issueKnown: 'As known on {day}.', confirmGap: '{task} is missing ({why})', issued: 'No. {n} is issued.', staleEdits: '{n} edits were not printed.', gapsLeft: '{n} are not acknowledged yet.', noChanges: 'Nothing has changed since no. {n}; it can be issued all the same.', someChanges: '{rows} rows have changed since no. {n}.',
    editions: 'Editions', noEditions: 'Nothing has been issued for this period.', issuedAt: 'Issued', issuedBy: 'By', look: 'Show', acknowledged: 'Acknowledged gaps', checkpoint: 'Audit checkpoint', part: 'Only regions that you may see.', gapsShort: '{n} tasks',
    changes: 'Changes: {from} → {to}', kind: 'Change', column: 'Column', was: 'Before', is: 'After', added_row: 'added', removed_row: 'removed', changed_row: 'changed', titleWas: 'The title was: {title}', same: 'Nothing has changed.', compare: 'Compare with the newest edition', changesFile: 'Changes (Word)',
    word: 'Word', excel: 'Excel', pdf: 'PDF', pack: 'Meeting pack', packHint: 'The table with timeline, evidence and proof of each task (ZIP)', file: 'Get {what}', fetching: 'Preparing {what} …', paper: 'On paper', task: 'Task', number: 'Number',
  },
)
