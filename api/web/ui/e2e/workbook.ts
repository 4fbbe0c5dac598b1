// Fills cells of a workbook as a spreadsheet program would, with what Node has.
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'

interface Part { name: string; data: Buffer }

/** The workbook with texts in cells of its first sheet. */
export function fill(workbook: Buffer, cells: Record<string, string>): Buffer {
  const parts = unpack(workbook)
  const sheet = parts.find((p) => p.name === 'xl/worksheets/sheet1.xml')!
  let xml = sheet.data.toString('utf8')
  for (const [cell, text] of Object.entries(cells)) {
    const old = new RegExp(`<c r="${cell}"([^>]*?)(?:/>|>.*?</c>)`, 's')
    if (!old.test(xml)) throw new Error(`the sheet has no cell ${cell}`)
    xml = xml.replace(old, (_, attributes: string) => `<c r="${cell}"${attributes.replace(/ t="[^"]*"/, '')} t="inlineStr"><is><t>${text}</t></is></c>`)
  }
  sheet.data = Buffer.from(xml)
  return pack(parts)
}

/** The files of a ZIP archive. */
export function unpack(zip: Buffer): Part[] {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06'))
  const parts: Part[] = []
  for (let i = 0, at = zip.readUInt32LE(end + 16); i < zip.readUInt16LE(end + 10); i++) {
    const [method, size, nameLength, extra, comment, local] = [zip.readUInt16LE(at + 10), zip.readUInt32LE(at + 20), zip.readUInt16LE(at + 28), zip.readUInt16LE(at + 30), zip.readUInt16LE(at + 32), zip.readUInt32LE(at + 42)]
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28)
    const raw = zip.subarray(start, start + size)
    parts.push({ name: zip.toString('utf8', at + 46, at + 46 + nameLength), data: method === 8 ? inflateRawSync(raw) : Buffer.from(raw) })
    at += 46 + nameLength + extra + comment
  }
  return parts
}

function pack(parts: Part[]): Buffer {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, data } of parts) {
    const raw = deflateRawSync(data)
    const head = Buffer.alloc(26)
    head.writeUInt16LE(20, 0)
    head.writeUInt16LE(8, 4)
    head.writeUInt32LE(crc32(data), 10)
    head.writeUInt32LE(raw.length, 14)
    head.writeUInt32LE(data.length, 18)
    head.writeUInt16LE(Buffer.byteLength(name), 22)
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(offset, 10)
    const body = Buffer.concat([Buffer.from('PK\x03\x04'), head, Buffer.from(name), raw])
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), head, rest, Buffer.from(name)]))
    bodies.push(body)
    offset += body.length
  }
  const index = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(parts.length, 4)
  end.writeUInt16LE(parts.length, 6)
  end.writeUInt32LE(index.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...bodies, index, Buffer.from('PK\x05\x06'), end])
}
