import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: () => import('./HomePage.vue'), meta: { title: 'common.product' } },
  { path: '/sign-in', name: 'sign-in', component: () => import('./SignInPage.vue'), meta: { title: 'signin.title', open: true } },
  { path: '/signed-in', name: 'signed-in', component: () => import('./SignedInPage.vue'), meta: { title: 'signin.signedIn', open: true } },
]
