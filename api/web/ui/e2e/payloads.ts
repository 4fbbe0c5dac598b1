// What an attacker types where words are asked for. Each would set the global "pwned"
// or open a dialog, were it ever taken for markup, script, style, address or template.
const run = 'pwned=1'

const elements = ['img src=x onerror', 'svg onload', 'body onload', 'video src=x onerror', 'audio src=x onerror', 'iframe onload', 'input autofocus onfocus', 'select autofocus onfocus',
  'textarea autofocus onfocus', 'details open ontoggle', 'marquee onstart', 'object data=x onerror', 'embed src=x onload', 'link rel=stylesheet href=x onerror', 'style onload', 'script src=x onerror',
  'a href=# autofocus tabindex=0 onfocus', 'div style=animation:x onanimationstart', 'image src=x onerror', 'keygen autofocus onfocus']
const wraps: ((inner: string) => string)[] = [(x) => x, (x) => '">' + x, (x) => "'>" + x, (x) => '</textarea></title>' + x]

/** A hundred of them, each different. */
export const payloads: string[] = [
  ...wraps.flatMap((wrap) => elements.map((e) => wrap(`<${e}=${run}>`))),
  `<script>${run}</script>`, `</script><script>${run}</script>`, `<a href="javascript:${run}">x</a>`, `<iframe src="javascript:${run}"></iframe>`, `<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>`,
  `<form action="javascript:${run}"><button>x</button></form>`, `<math><mtext></form><form><mglyph><style></math><img src onerror=${run}>`, `<svg><animate onbegin=${run} attributeName=x dur=1s>`,
  `<svg><script>${run}</script></svg>`, `<meta http-equiv=refresh content="0;url=javascript:${run}">`, `<base href="javascript:${run}//">`, `<template><script>${run}</script></template><img src=x onerror=${run}>`,
  `{{constructor.constructor('${run}')()}}`, `\${${run}}`, `<%= ${run} %>`, `javascript:${run}`, `data:text/html,<script>parent.pwned=1</script>`, `" onmouseover="${run}" x="`, `' autofocus onfocus='${run}`,
  `<noscript><p title="</noscript><img src=x onerror=${run}>">`,
]

/**
 * The fields that people fill in, how much each takes (characters; a file name: bytes)
 * and the mark that its texts end in, by which they are known again in any view.
 */
export const fields = {
  title: ['标', 300], label: ['期', 50], region: ['区', 50], person: ['人', 100], subject: ['题', 4000], requirement: ['求', 20000],
  measure: ['指', 200], unit: ['单', 30], total: ['总', 30], station: ['站', 100], stage: ['阶', 200], narrative: ['述', 10000], draft: ['草', 10000],
  withdrawn: ['撤', 2000], returned: ['退', 2000], override: ['改', 2000], flag: ['挂', 2000], rejected: ['驳', 2000], confirmed: ['销', 2000], closed: ['办', 2000],
  cancelled: ['消', 2000], edited: ['编', 10000], edit: ['因', 2000], token: ['令', 100],
} as const satisfies Record<string, readonly [mark: string, most: number]>

export type Field = keyof typeof fields

/** The payloads that a field has room for, each with the field's mark behind a comment. */
export const texts = Object.fromEntries(
  Object.entries(fields).map(([name, [mark, most]]) => [name, payloads.map((p) => `${p}//${mark}`).filter((t) => t.length <= most)]),
) as Record<Field, string[]>

export function text(field: Field, i: number): string {
  return texts[field][i % texts[field].length]!
}

/** The names that a file may have: what markup needs is refused in them. */
export const fileNames = payloads.filter((p) => !/[/\\:*?"<>|]/.test(p)).map((p) => p + ' 文.png')
