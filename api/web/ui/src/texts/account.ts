import { pair } from './pair'

export default pair({ title: '我的账号', roles: '角色' }, { title: 'My account', roles: 'Roles' })
