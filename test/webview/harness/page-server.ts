/// <reference types="node" />
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Serves texts on the loopback interface, each at an address made from its content. */
export interface PageServer {
  /** Serves a text from now on. @returns its address */
  put(contentType: string, body: string): string;
}

async function start(): Promise<PageServer> {
  const files = new Map<string, { contentType: string; body: string }>();
  const server = createServer(({ url = '' }, response) => {
    const file = files.get(url);
    // What has the same address has the same content: the browser compiles a script once.
    const headers = { 'content-type': file?.contentType, 'cache-control': 'max-age=86400, immutable' };
    if (file !== undefined) response.writeHead(200, headers).end(file.body);
    // Chromium asks for one by itself.
    else if (url === '/favicon.ico') response.writeHead(204).end();
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  // It ends with the process.
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    put(contentType, body) {
      const path = `/${createHash('sha256').update(contentType).update(body).digest('hex')}`;
      files.set(path, { contentType, body });
      return `http://127.0.0.1:${port}${path}`;
    },
  };
}

let started: Promise<PageServer> | undefined;

/** The server of this process. */
export function pageServer(): Promise<PageServer> {
  started ??= start();
  return started;
}
