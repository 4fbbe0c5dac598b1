import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A line between the browser and the server, on which an answer can be lost. */
export class Line {
  url = ''
  private server?: Server
  private losing: RegExp | undefined

  static async to(server: string): Promise<Line> {
    const line = new Line()
    line.server = createServer((asked, answer) => {
      // Of a connection used before, browsers repeat by themselves what was not answered.
      answer.shouldKeepAlive = false
      const on = request(server + asked.url, { method: asked.method, headers: asked.headers }, (answered) => {
        if (line.losing?.test(asked.url!) && answered.statusCode! < 400) {
          line.losing = undefined
          asked.socket.destroy()
          return
        }
        answer.writeHead(answered.statusCode!, answered.headers)
        answered.pipe(answer)
      })
      on.on('error', () => asked.socket.destroy())
      asked.pipe(on)
    })
    await new Promise<void>((done) => line.server!.listen(0, '127.0.0.1', done))
    line.url = `http://127.0.0.1:${(line.server.address() as AddressInfo).port}`
    return line
  }

  /** The next request to an address that the server carries out gets no answer. */
  lose(address: RegExp): void {
    this.losing = address
  }

  end(): void {
    this.server?.closeAllConnections()
    this.server?.close()
  }
}
