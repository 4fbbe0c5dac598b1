import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/lag-table', name: 'lag-table', component: () => import('./LagTablePage.vue'), meta: { title: 'lagtable.title', needs: ['lagtable.read'], nav: { order: 38 } } },
]
