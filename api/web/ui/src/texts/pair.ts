/** The texts of a part of the page in both languages, side by side; neither may lack one. */
export interface Pair<T> { zh: T; en: T }

type Same<T> = { [K in keyof T]: T[K] extends string ? string : T[K] extends string[] ? string[] : Same<T[K]> }

export function pair<T>(zh: T, en: Same<T>): Pair<Same<T>> {
  return { zh: zh as Same<T>, en }
}
