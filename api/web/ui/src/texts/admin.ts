import { pair } from './pair'

export default pair(
  {
    accounts: '账号', account: '账号', login: '账号名', name: '姓名', roles: '角色', status: '状态', disabled: '已停用', enabled: '在用', add: '新增账号', password: '初始密码', rename: '改名', disable: '停用', enable: '启用', reset: '重置密码', resetText: '为 {name} 设一次性密码，请先输入您自己的密码。', own: '您自己的密码', once: '一次性密码（只显示这一次）', removeFactor: '移除动态口令', removeText: '移除 {name} 丢失的动态口令，请先输入您自己的密码。',
    grants: '授权', grant: '授予角色', revoke: '收回', role: '角色', region: '区县（仅区县填报员）', addGrant: '授予', sessions: '会话与令牌', end: '结束', endAll: '全部结束', lastSeen: '最近使用', expires: '到期', kind_session: '会话', kind_token: '令牌', current: '当前', none: '没有。', manage: '管理',
    regions: '行政区划', code: '代码', addRegion: '新增区划', retire: '停用', restore: '恢复', retired: '已停用', access: '权限一览', accessText: '谁可以做什么，按正在执行的权限规则列出。', route: '操作', find: '查找', reach_all: '全部', reach_own: '本区县', 'reach_none': '—', symbol: '可以',
    workflow: '流程图', workflowText: '按正在执行的流程定义绘制。', from: '由', to: '到', event: '事项', by: '办理角色', begin: '新任务', needs: '需要',
  },
  {
    accounts: 'Accounts', account: 'Account', login: 'Account', name: 'Name', roles: 'Roles', status: 'Status', disabled: 'disabled', enabled: 'in use', add: 'Add an account', password: 'First password', rename: 'Rename', disable: 'Disable', enable: 'Enable', reset: 'Reset password', resetText: 'A password for one use for {name}; enter your own first.', own: 'Your own password', once: 'Password for one use (shown once)', removeFactor: 'Remove second factor', removeText: 'Remove the lost second factor of {name}; enter your own password first.',
    grants: 'Roles', grant: 'Grant a role', revoke: 'Take back', role: 'Role', region: 'District (reporters only)', addGrant: 'Grant', sessions: 'Sessions and tokens', end: 'End', endAll: 'End all', lastSeen: 'last used', expires: 'until', kind_session: 'session', kind_token: 'token', current: 'current', none: 'None.', manage: 'Manage',
    regions: 'Regions', code: 'Code', addRegion: 'Add a region', retire: 'Retire', restore: 'Restore', retired: 'retired', access: 'Who may do what', accessText: 'Listed from the policy in force.', route: 'Operation', find: 'Find', reach_all: 'all', reach_own: 'own district', 'reach_none': '—', symbol: 'may',
    workflow: 'Workflow', workflowText: 'Drawn from the definition in force.', from: 'From', to: 'To', event: 'Event', by: 'By', begin: 'new task', needs: 'Needs',
  },
)
