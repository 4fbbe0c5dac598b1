// 32 signs that are not mistaken for one another when written down, so that a byte's
// lowest five bits choose one without preferring any.
const signs = 'abcdefghijkmnpqrstuvwxyz23456789'

/** A first password of 80 random bits, in groups, with signs of three kinds. */
export function randomPassword(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const text = Array.from(bytes, (b) => signs[b & 31]).join('')
  return text.replace(/(.{4})(?=.)/g, '$1-') + '-D7'
}
