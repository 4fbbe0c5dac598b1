import './polyfills'
import { VueQueryPlugin, QueryClient } from '@tanstack/vue-query'
import { createApp, watchEffect } from 'vue'
import App from './App.vue'
import { surround } from './api/client'
import { ApiProblem } from './api/problem'
import { i18n, language } from './i18n'
import { router } from './router'
import { signInAgain } from './session'
import './styles/base.css'
import './styles/print.css'

surround({ language: () => language.value, signInAgain })
watchEffect(() => { document.documentElement.lang = language.value })

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What was refused is refused again; what was not answered may be the next time.
      retry: (count, error) => count < 2 && error instanceof ApiProblem && error.unanswered,
      retryDelay: 1_000,
      refetchOnWindowFocus: true,
    },
  },
})

createApp(App).use(router).use(i18n).use(VueQueryPlugin, { queryClient: queries }).mount('#app')
