// What Chromium 86 lacks of what our libraries use.
function define(on: object, name: string, value: (...args: never[]) => unknown): void {
  if (!(name in on)) Object.defineProperty(on, name, { value, writable: true, configurable: true })
}

function at(this: ArrayLike<unknown>, index: number): unknown {
  const i = Math.trunc(index) || 0
  return this[i < 0 ? this.length + i : i]
}

define(Object, 'hasOwn', (of: object, key: PropertyKey) => Object.prototype.hasOwnProperty.call(of, key))
define(Array.prototype, 'at', at)
define(String.prototype, 'at', at)
define(Array.prototype, 'findLast', function (this: unknown[], test: (v: unknown, i: number, all: unknown[]) => boolean) {
  for (let i = this.length - 1; i >= 0; i--) if (test(this[i], i, this)) return this[i]
  return undefined
})
define(Array.prototype, 'findLastIndex', function (this: unknown[], test: (v: unknown, i: number, all: unknown[]) => boolean) {
  for (let i = this.length - 1; i >= 0; i--) if (test(this[i], i, this)) return i
  return -1
})
