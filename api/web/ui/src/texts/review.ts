import { pair } from './pair'

export default pair(
  {
    queue: '待审核', title: '审核', waiting: '待审核', rectifications: '待确认整改', flagged: '挂牌中', all: '待审核与待确认', tick: '选择 {code}', tickAll: '全选本页', approveTicked: '批量通过（{n}）',
    bulkTitle: '批量通过', bulkText: '按系统评定通过下列 {n} 份报告，逐项办理；未能通过的不影响其他。', bulkDone: '已通过 {done} 项，未通过 {refused} 项。', ok: '已通过', refused: '未办理', verdictWord: '系统评定',
    previous: '上一项', next: '下一项', place: '第 {n} 项，本页共 {of} 项', nothingToDo: '此任务目前没有需要您办理的审核。',
    approve: '通过', return: '退回', flag: '挂牌', confirm_rectified: '确认整改（销号）', reject_rectification: '整改不通过', finalVerdict: '最终评定', asComputed: '与系统评定一致：{verdict}', reason: '理由', reasonMust: '与系统评定不同，必须说明理由。',
    rectifyBy: '整改期限', phrases: '常用语', send: '办理：{what}', sendHint: 'Ctrl+Enter 办理', done: '已办理：{what}', nowReport: '本次报告', narrativeChanges: '进展情况（对照上次）', history: '以往审核',
    keys: '快捷键', keysText: 'J 下一项，K 上一项；A 通过或确认，R 退回或不通过，F 挂牌；Ctrl+Enter 办理；? 打开本说明。输入文字时单键不起作用。',
    phrase_approve: ['情况属实，同意。', '材料齐全，数据与佐证一致，同意。'], phrase_return: ['佐证材料不全，请补充后重报。', '填报数据与进展情况不一致，请核对。', '进展情况过于笼统，请写明完成数量和存在问题。'],
    phrase_flag: ['未达到本期进度要求，请制定整改措施并按期完成。', '进度明显滞后，请倒排工期、落实责任人。'], phrase_confirm_rectified: ['整改到位，同意销号。'], phrase_reject_rectification: ['整改尚未到位，请继续整改。', '佐证材料不足以证明已完成整改。'],
    qualitative: '定性指标的评定', keep: '照填报',
  },
  {
    queue: 'To review', title: 'Review', waiting: 'Waiting for review', rectifications: 'Rectifications to confirm', flagged: 'Flagged', all: 'All that wait', tick: 'Tick {code}', tickAll: 'Tick this page', approveTicked: 'Approve ticked ({n})',
    bulkTitle: 'Approve several', bulkText: 'These {n} reports are approved with the computed verdict, one by one; one that fails does not stop the others.', bulkDone: '{done} approved, {refused} not.', ok: 'approved', refused: 'not done', verdictWord: 'Computed verdict',
    previous: 'Previous', next: 'Next', place: 'no. {n} of {of} on this page', nothingToDo: 'Nothing of this task waits for your review.',
    approve: 'Approve', return: 'Return', flag: 'Flag as lagging', confirm_rectified: 'Confirm rectification', reject_rectification: 'Reject rectification', finalVerdict: 'Final verdict', asComputed: 'as computed: {verdict}', reason: 'Reason', reasonMust: 'It differs from the computed verdict: say why.',
    rectifyBy: 'Rectify by', phrases: 'Stock phrases', send: '{what}', sendHint: 'Ctrl+Enter sends', done: 'Done: {what}', nowReport: 'This report', narrativeChanges: 'Narrative (against the last)', history: 'Earlier reviews',
    keys: 'Keys', keysText: 'J next, K previous; A approve or confirm, R return or reject, F flag; Ctrl+Enter sends; ? shows this. Single keys do nothing while you type.',
    phrase_approve: ['Verified; approved.', 'Complete, and figures agree with the evidence; approved.'], phrase_return: ['Evidence is incomplete; add it and report again.', 'Figures and narrative do not agree; check them.', 'Too general: say how much is done and what is difficult.'],
    phrase_flag: ['This period’s target was not met; rectify by the date.', 'Clearly behind; plan backwards and name who is responsible.'], phrase_confirm_rectified: ['Rectified; the flag is cleared.'], phrase_reject_rectification: ['Not rectified yet; go on.', 'The evidence does not show that it is rectified.'],
    qualitative: 'Verdict of measures without figures', keep: 'as reported',
  },
)
