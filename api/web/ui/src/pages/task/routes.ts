import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/tasks', name: 'tasks', component: () => import('./TasksPage.vue'), meta: { title: 'task.list', needs: ['task.read'], nav: { order: 25 } } },
  { path: '/tasks/:id', name: 'task', component: () => import('./TaskPage.vue'), meta: { title: 'task.one', needs: ['task.read'] } },
]
