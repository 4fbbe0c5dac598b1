import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/account', name: 'account', component: () => import('./AccountPage.vue'), meta: { title: 'account.title' } },
  { path: '/inbox', name: 'inbox', component: () => import('./InboxPage.vue'), meta: { title: 'account.inbox', needs: ['task.read'], nav: { order: 48, badge: 'inbox' } } },
]
