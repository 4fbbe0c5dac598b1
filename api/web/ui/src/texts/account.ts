import { pair } from './pair'

export default pair(
  {
    title: '我的账号', roles: '角色', password: '更改密码', current: '现密码', fresh: '新密码', repeated: '再输一次新密码', changed: '密码已更改。', notSame: '两次输入的新密码不同。', ends: '密码须在 {at} 前更改。',
    factor: '动态口令', factorOn: '已启用，剩余恢复码 {n} 个。', factorOff: '尚未启用。', enable: '启用', confirm: '用验证码确认', code: '六位验证码', remove: '移除动态口令', newCodes: '更换恢复码', own: '您的密码', codes: '恢复码（只显示这一次）', scan: '用验证器应用扫描，或手工输入密钥：',
    sessions: '会话', endOthers: '结束其他会话', tokens: 'API 令牌', tokenLabel: '用途', tokenDays: '有效天数', issue: '签发令牌', tokenOnce: '令牌（只显示这一次）', readOnly: '只读',
    deputies: '代理人', deputy: '代理人账号', from: '自', to: '至', name: '指定代理人', endDeputy: '结束代理', active: '生效中', inbox: '消息', inboxTitle: '与我有关', read: '全部标为已读', unreadItem: '未读', noItems: '没有消息。', region: '区县',
  },
  {
    title: 'My account', roles: 'Roles', password: 'Change password', current: 'Current password', fresh: 'New password', repeated: 'New password once more', changed: 'Password changed.', notSame: 'The two new passwords differ.', ends: 'It must be changed before {at}.',
    factor: 'Second factor', factorOn: 'In use; {n} recovery codes left.', factorOff: 'Not in use.', enable: 'Set up', confirm: 'Confirm by a code', code: 'Six digits', remove: 'Remove it', newCodes: 'Replace recovery codes', own: 'Your password', codes: 'Recovery codes (shown once)', scan: 'Scan it with an authenticator, or type the secret:',
    sessions: 'Sessions', endOthers: 'End the others', tokens: 'API tokens', tokenLabel: 'For', tokenDays: 'Days', issue: 'Issue a token', tokenOnce: 'The token (shown once)', readOnly: 'read only',
    deputies: 'Deputies', deputy: 'Account of the deputy', from: 'From', to: 'To', name: 'Name a deputy', endDeputy: 'End', active: 'in force', inbox: 'Inbox', inboxTitle: 'What concerns me', read: 'Mark all as read', unreadItem: 'unread', noItems: 'Nothing.', region: 'District',
  },
)
