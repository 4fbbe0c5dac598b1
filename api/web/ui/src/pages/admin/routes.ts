import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/accounts', name: 'accounts', component: () => import('./AccountsPage.vue'), meta: { title: 'admin.accounts', needs: ['user.read'], nav: { order: 60 } } },
  { path: '/accounts/:login', name: 'one-account', component: () => import('./OneAccountPage.vue'), meta: { title: 'admin.account', needs: ['user.read'] } },
  { path: '/regions', name: 'regions', component: () => import('./RegionsPage.vue'), meta: { title: 'admin.regions', needs: ['region.write'], nav: { order: 62 } } },
  { path: '/sign-in-rules', name: 'sign-in-rules', component: () => import('./RulesPage.vue'), meta: { title: 'admin.rules', needs: ['user.read'], nav: { order: 64 } } },
  { path: '/access', name: 'access', component: () => import('./AccessPage.vue'), meta: { title: 'admin.access', needs: ['user.read'], nav: { order: 66 } } },
  { path: '/workflow', name: 'workflow', component: () => import('./WorkflowPage.vue'), meta: { title: 'admin.workflow', nav: { order: 79 } } },
]
